package dev.parlance.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.app.bench.serve.FakeServer;
import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonString;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

@Timeout(120)
class BenchServeCommandTest {
    @TempDir private Path folder;

    private static Invocation run(String arguments) {
        return Invocation.of(("bench serve " + arguments).split(" "));
    }

    @Test
    void aServerIsMeasured() throws IOException {
        try (FakeServer server = FakeServer.talking()) {
            Path picture = folder.resolve("load.svg");
            Invocation bench =
                    run(
                            "--clients 1,2 --requests 4 --warm-up 0 --prompt-tokens 20"
                                    + " --output-tokens 3-5 --url "
                                    + server.url()
                                    + " --svg "
                                    + picture);
            assertThat(bench.exitCode()).as(bench.err()).isZero();
            assertThat(bench.out())
                    .startsWith("Parlance ")
                    .contains("model fake", "| server | 1 client ", "| server | 2 clients ")
                    .doesNotContain("Ratios", "failed 1");
            assertThat(bench.err()).contains("server: 2 clients");
            assertThat(Files.readString(picture)).startsWith("<svg ").endsWith("</svg>\n");
        }
    }

    @Test
    void serversAreCompared() throws IOException {
        try (FakeServer one = FakeServer.talking();
                FakeServer two = FakeServer.talking()) {
            Invocation bench =
                    run(
                            "--rate 500 --requests 4 --warm-up 0 --rounds 2 --compare one="
                                    + one.url()
                                    + " --compare two="
                                    + two.url());
            assertThat(bench.exitCode()).as(bench.err()).isZero();
            assertThat(bench.out()).contains("Ratios to one", "| two    | 500/s");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"chat --turns 2", "overload", "long-prompt-joins --join-after 2"})
    void everyScenarioHasJson(String scenario) throws IOException {
        try (FakeServer server = FakeServer.talking()) {
            Invocation bench =
                    run(
                            "--clients 2 --requests 2 --warm-up 0 --json --url "
                                    + server.url()
                                    + " --scenario "
                                    + scenario);
            assertThat(bench.exitCode()).as(bench.err()).isZero();
            JsonObject json = (JsonObject) Json.parse(bench.out());
            assertThat(json.find("scenario"))
                    .contains(new JsonString(scenario.replaceFirst(" .*", "")));
            assertThat(json.members()).containsKeys("version", "servers", "generator", "seed");
        }
    }

    @Test
    void aServerThatRefusesIsOneLine() throws IOException {
        try (FakeServer server = FakeServer.talking()) {
            Invocation bench = run("--endpoint completions --url " + server.url());
            assertThat(bench.exitCode()).isEqualTo(1);
            assertThat(bench.err())
                    .contains(
                            "parlance: server: the server does not answer a short request: HTTP"
                                    + " 404");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--url ftp://x/v1,                     'begins with http:// or https:// and names a host'",
        "--url http:///v1,                     'names a host, got'",
        "--compare a=http://x/v1,              --compare takes two servers or more",
        "--compare a=http://x --compare a=http://y, each with a name of its own",
        "--compare http://x/v1,                a server is NAME=URL",
        "--url http://x --compare a=http://x,  'give either --url or --compare, not both'",
        "--clients 0,                          '--clients must be between 1 and 100000, got 0'",
        "--clients 1 --rate 1,                 'give either --clients or --rate, not both'",
        "--rate 0,                             'the rate must be above 0, got 0.0'",
        "--rate 1 --scenario overload,         'the scenario overload takes --clients, not --rate'",
        "--rate 1 --scenario long-prompt-joins, 'takes --clients, not --rate'",
        "--scenario x,                         'there are independent, chat, long-prompt-joins,"
                + " overload'",
        "--endpoint x,                         expected one of [CHAT",
        "--prompt-tokens x,                    a length is a number like 256",
        "--output-tokens 5-2,                  'a length is between 1 and 4194304, got 5-2'",
        "--requests 0,                         '--requests must be 1 or more, got 0'",
        "--duration 0,                         '--duration must be between 1 and 86400, got 0'",
        "--warm-up -1,                         '--warm-up must be between 0 and 86400, got -1'",
        "--rounds 0,                           '--rounds must be 1 or more, got 0'",
        "--turns 0,                            '--turns must be between 1 and 1000, got 0'",
        "--timeout 0,                          '--timeout must be between 1 and 86400, got 0'",
        "--overload-factor 0 --scenario overload, 'the factor must be above 0, got 0.0'",
        "--slo-ttft -1,                        'bounds must be above 0, got -1.0 and 200.0'",
        "--extra-body [],                      is no JSON object",
        "--extra-body {,                       is not valid JSON",
        "--client 1,                           did you mean --clients?",
    })
    void wrongUseIsRefused(String arguments, String message) {
        Invocation wrong = run(arguments);
        assertThat(wrong.exitCode()).as(wrong.err()).isEqualTo(2);
        assertThat(wrong.err()).startsWith("parlance: ").contains(message, "--help");
    }
}
