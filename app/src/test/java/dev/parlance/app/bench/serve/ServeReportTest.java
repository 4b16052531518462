package dev.parlance.app.bench.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.parlance.app.bench.Environment;
import dev.parlance.app.bench.serve.ServeOutcome.GeneratorCost;
import dev.parlance.app.bench.serve.ServeOutcome.Point;
import dev.parlance.app.bench.serve.ServeOutcome.Server;
import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonObject;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What an invented outcome looks like. The files were written by the program ({@code
 * -Dparlance.update=true}) and read by a person.
 */
class ServeReportTest {
    private static final Path FILES =
            Path.of(
                    System.getProperty("parlance.root"),
                    "app/src/test/resources/dev/parlance/app/bench/serve");
    private static final Environment ENVIRONMENT =
            new Environment("1.0", "25, a vendor", Optional.of("a CPU"), 2);
    private static final Objective OBJECTIVE = new Objective(100, 10);
    private static final ServeBenchmark BENCHMARK =
            new ServeBenchmark(
                    new Independent(),
                    new Measurement(
                            new LengthRange(10, 10),
                            new LengthRange(3, 4),
                            Limit.of(Duration.ofSeconds(1)),
                            OBJECTIVE),
                    List.of(new Load.ClosedLoop(1), new Load.OpenLoop(4)),
                    new ClientOptions(Api.CHAT, JsonObject.EMPTY, Duration.ofSeconds(30)),
                    Duration.ofSeconds(5),
                    2,
                    42);

    private static Run run(String load, double rate, Exchange... exchanges) {
        return run(load, rate, List.of(), exchanges);
    }

    private static Run run(String load, double rate, List<String> notes, Exchange... exchanges) {
        List<Exchange> all = List.of(exchanges);
        return new Run(
                load,
                rate > 0 ? OptionalDouble.of(rate) : OptionalDouble.empty(),
                Tally.of(new LoadGenerator.Result(0, 1_000_000_000, all), OBJECTIVE),
                Map.of("", Latencies.of(all)),
                notes);
    }

    private static Server server(String name, boolean exact, Point... points) {
        return new Server(
                new Target(
                        name,
                        URI.create("http://localhost:8080/v1"),
                        Optional.empty(),
                        Optional.empty()),
                "a model",
                exact,
                List.of(points));
    }

    private static ServeOutcome outcome() {
        Point alone =
                new Point(
                        "1 client",
                        List.of(
                                run(
                                        "1 client",
                                        0,
                                        Exchanges.answered(0, 100, 120, 140),
                                        Exchanges.answered(140, 230, 245, 260, 275)),
                                run("1 client", 0, Exchanges.answered(0, 80, 95, 110))),
                        List.of(0.25, 1.5));
        Point busy =
                new Point(
                        "4/s",
                        List.of(
                                run(
                                        "4/s",
                                        4,
                                        Exchanges.answered(0, 300, 350, 420),
                                        Exchanges.failed("HTTP 429", 200, 201),
                                        Exchanges.failed("HTTP 429", 400, 402))),
                        List.of(0.75));
        Point aloneThere =
                new Point(
                        "1 client",
                        List.of(run("1 client", 0, Exchanges.answered(0, 40, 45, 50))),
                        List.of(1.0));
        Point busyThere =
                new Point(
                        "4/s",
                        List.of(
                                run(
                                        "4/s",
                                        4,
                                        List.of("something to know"),
                                        Exchanges.answered(0, 60, 66, 72))),
                        List.of());
        return new ServeOutcome(
                List.of(
                        server("slow", false, alone, busy),
                        server("fast <1>", true, aloneThere, busyThere)),
                new GeneratorCost(Duration.ofMillis(100), Duration.ofSeconds(4), 5000));
    }

    private static void assertIs(String file, String text) throws IOException {
        Path golden = FILES.resolve(file);
        if (Boolean.getBoolean("parlance.update")) {
            Files.createDirectories(FILES);
            Files.writeString(golden, text);
        }
        assertThat(text).isEqualTo(Files.readString(golden));
    }

    @Test
    void peopleGetTables() throws IOException {
        String markdown = new ServeReport(ENVIRONMENT, BENCHMARK, outcome()).markdown();
        assertIs("report.md", markdown.replace(System.lineSeparator(), "\n"));
    }

    @Test
    void programsGetOneObject() throws IOException {
        String json = Json.writePretty(ServeJson.of(ENVIRONMENT, BENCHMARK, outcome()));
        assertIs("report.json", json.replace(System.lineSeparator(), "\n") + "\n");
    }

    @Test
    void thePictureHasADiagramForEachFigure() throws IOException {
        assertIs("chart.svg", LoadChart.svg(outcome()));
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "NaN, 1", "5, 1", "5.1, 2", "11, 5", "49, 10", "51, 20", "0.3, 0.1"})
    void axesHaveRoundTicks(double max, double step) {
        assertThat(LoadChart.tickStep(max)).isEqualTo(step, offset(1e-12));
    }

    @ParameterizedTest
    @CsvSource({"0, 0.00, 0", "0.5, 0.50, 0.5", "12.34, 12.3, 12.3", "100, 100, 100", "2, 2.00, 2"})
    void numbersHaveThreeDigits(double value, String threeDigits, String plain) {
        assertThat(Numbers.threeDigits(value)).isEqualTo(threeDigits);
        assertThat(Numbers.plain(value)).isEqualTo(plain);
    }
}
