package dev.parlance.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import picocli.CommandLine;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Where values come from, as {@code serve --print-config} shows it. */
class ConfigurationTest {
    @TempDir private Path folder;

    private Path file;

    @BeforeEach
    void models() throws IOException {
        file = folder.resolve("parlance.yaml");
        Files.write(folder.resolve("small.gguf"), new byte[10]);
        Files.write(folder.resolve("large.gguf"), new byte[20]);
    }

    private void write(String text) throws IOException {
        Files.writeString(file, text);
    }

    private Invocation serve(Map<String, String> environment, String... arguments) {
        List<String> all = new ArrayList<>(List.of("serve", "--config", file.toString()));
        all.addAll(List.of(arguments));
        return Invocation.inEnvironment(environment, all.toArray(String[]::new));
    }

    /** The lines of {@code --print-config}, each as {@code key: value # source}. */
    private List<String> printed(Map<String, String> environment, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--print-config");
        return lines(serve(environment, all.toArray(String[]::new)));
    }

    private static List<String> lines(Invocation print) {
        assertThat(print.err()).isEmpty();
        assertThat(print.exitCode()).isZero();
        return print.outLines().stream().map(line -> line.replaceAll(" +# ", " # ")).toList();
    }

    @Test
    void withoutAFileEverythingHasItsDefault() {
        List<String> lines = lines(Invocation.of("serve", "--print-config"));
        assertThat(lines)
                .contains(
                        "accept-any-model: false # default",
                        "# context: # default: what the model was trained for, at most 8192",
                        "host: 127.0.0.1 # default",
                        "port: 8080 # default")
                .noneMatch(line -> line.startsWith("config:") || line.startsWith("models:"));
    }

    @Test
    void theFileTheEnvironmentAndTheCommandLineFollowEachOther() throws IOException {
        write(
                """
                # Three values
                port: 1
                parallel: 2

                threads: 3
                kv-cache-type: q8_0
                accept-any-model: true
                """);
        List<String> lines =
                printed(
                        Map.of("PARLANCE_THREADS", "30", "PARLANCE_PARALLEL", "20"),
                        "--parallel",
                        "200");
        assertThat(lines)
                .contains(
                        "port: 1 # " + file + ":2",
                        "threads: 30 # PARLANCE_THREADS",
                        "parallel: 200 # --parallel",
                        "kv-cache-type: q8_0 # " + file + ":6",
                        "accept-any-model: true # " + file + ":7");
    }

    @Test
    void aSwitchOfTheFileCanBeTurnedOff() throws IOException {
        write("accept-any-model: true\npreload: false\n");
        assertThat(printed(Map.of(), "--accept-any-model=false", "--preload"))
                .contains(
                        "accept-any-model: false # --accept-any-model",
                        "preload: true # --preload");
    }

    @Test
    void theEnvironmentCanNameTheFileAndTheCommandLineAnother() throws IOException {
        write("port: 1\n");
        Path other = Files.writeString(folder.resolve("other.yaml"), "port: 2\n");
        Map<String, String> environment = Map.of("PARLANCE_CONFIG", other.toString());
        assertThat(lines(Invocation.inEnvironment(environment, "serve", "--print-config")))
                .contains("port: 2 # " + other + ":1");
        assertThat(printed(environment)).contains("port: 1 # " + file + ":1");
    }

    @Test
    void whatIsPrintedIsAFileThatSaysTheSame() throws IOException {
        write(
                """
                model-memory: 1.5 GiB
                context: 64
                name: 'it''s: a #name'
                models:
                  - file: small.gguf
                    aliases: ['null', x, '- y']
                    context: 32
                    preload: true
                """);
        List<String> first = printed(Map.of("PARLANCE_PORT", "7"));
        Path again = Files.writeString(folder.resolve("again.yaml"), String.join("\n", first));
        assertThat(
                        values(
                                lines(
                                        Invocation.of(
                                                "serve",
                                                "--config",
                                                again.toString(),
                                                "--print-config"))))
                .isEqualTo(values(first));
        assertThat(first)
                .containsSequence(
                        "  - file: " + folder.resolve("small.gguf") + " # " + file + ":5",
                        "    aliases: [\"null\", x, \"- y\"]",
                        "    context: 32 # " + file + ":7",
                        "    preload: true # " + file + ":8");
    }

    private static List<String> values(List<String> lines) {
        return lines.stream()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.replaceFirst(" # [^#]*$", ""))
                .toList();
    }

    @Test
    void modelsOfTheCommandLineTakeThePlaceOfThoseOfTheFile() throws IOException {
        write("models: [small.gguf, x=large.gguf]\n");
        String small = folder.resolve("small.gguf").toString();
        assertThat(printed(Map.of()))
                .containsSequence(
                        "models:",
                        "  - file: " + small + " # " + file + ":1",
                        "  - file: " + folder.resolve("large.gguf") + " # " + file + ":1",
                        "    name: x");
        assertThat(printed(Map.of(), "--model", "mine=" + small))
                .endsWith("models:", "  - file: " + small + " # --model", "    name: mine");
        assertThat(printed(Map.of("PARLANCE_MODEL", small)))
                .endsWith("models:", "  - file: " + small + " # PARLANCE_MODEL");
    }

    @Test
    void aFileMayHaveAnEqualsSignInItsName() throws IOException {
        write("");
        Path odd = Files.write(folder.resolve("a=b.gguf"), new byte[1]);
        assertThat(printed(Map.of(), "--model", odd.toString()))
                .endsWith("models:", "  - file: \"" + odd + "\" # --model");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "prot: 1                   | 1: unknown key 'prot'; did you mean port?",
                "config: x.yaml            | 1: unknown key 'config'",
                "rehearse: true            | 1: unknown key 'rehearse'",
                "print-config: true        | 1: unknown key 'print-config'",
                "\\nport: 70000            | 2: port must be between 0 and 65535, got 70000",
                "port: eighty              | 1: Invalid value for option 'port': 'eighty' is not an"
                        + " int",
                "port: ''                  | 1: Invalid value for option 'port': '' is not an int",
                "port: [1, 2]              | 1: 'port' takes one value, got a list",
                "port: {a: 1}              | 1: 'port' takes one value, got a section of keys",
                "accept-any-model: no      | 1: Invalid value for option 'accept-any-model': 'no'"
                        + " is not a boolean",
                "kv-cache-type: q9         | 1: Invalid value for option 'kv-cache-type': expected"
                        + " one of [F32, F16, Q8_0]",
                "model-memory: much        | 1: Invalid value for option 'model-memory': 'much' is"
                        + " no size like 8GiB",
                "models: [{name: x}]       | 1: the model has no 'file'",
                "models: []                | 1: the list of models is empty",
                "models: [[a]]             | 1: a model is a file or a section, got a list",
                "models:\\n- file: a\\n  nam: x | 3: unknown key 'nam'; did you mean name?",
                "models:\\n- file: a\\n  port: 1 | 3: unknown key 'port'",
                "models:\\n- file: small.gguf\\n  threads: 0 | 3: threads must be between 1 and"
                        + " 1024, got 0",
                "models:\\n- file: small.gguf\\n  threads: x | 3: Invalid value for option"
                        + " 'threads': 'x' is not an int",
                "models:\\n- file: a\\n  aliases: [[b]] | 3: 'aliases' takes one value, got a list",
            })
    void whatIsWrongInTheFileIsSaidWithItsLine(String text, String message) throws IOException {
        write(text.replace("\\n", "\n"));
        Invocation serve = serve(Map.of());
        assertThat(serve.err()).startsWith("parlance: " + file + ":" + message);
        assertThat(serve.err()).contains("Try 'parlance serve --help'.");
        assertThat(serve.exitCode()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "PARLANCE_PROT, 1, unknown environment variable 'PARLANCE_PROT'; did you mean"
                + " PARLANCE_PORT?",
        "PARLANCE_FREQUENCY, 1, unknown environment variable 'PARLANCE_FREQUENCY'",
        "PARLANCE_PORT, 70000, 'PARLANCE_PORT must be between 0 and 65535, got 70000'",
        "PARLANCE_PORT, x, Invalid value for option 'PARLANCE_PORT': 'x' is not an int",
        "PARLANCE_HELP, 1, unknown environment variable 'PARLANCE_HELP'",
    })
    void whatIsWrongInTheEnvironmentIsSaidWithItsName(
            String variable, String value, String message) {
        Invocation serve = Invocation.inEnvironment(Map.of(variable, value), "serve");
        assertThat(serve.exitCode()).isEqualTo(2);
        assertThat(serve.err()).startsWith("parlance: " + message);
    }

    /** A Kubernetes service named parlance gives every container these. */
    @Test
    void variablesOfOthersAreLeftAlone() throws IOException {
        write("");
        assertThat(
                        printed(
                                Map.of(
                                        "PARLANCE_DEBUG", "0",
                                        "PARLANCE_THREADS", "",
                                        "PARLANCE_JAVA_OPTS", "-Xmx1g",
                                        "PARLANCE_SERVICE_HOST", "10.0.0.1",
                                        "PARLANCE_SERVICE_PORT", "80",
                                        "PARLANCE_SERVICE_PORT_HTTP", "80",
                                        "PARLANCE_PORT", "tcp://10.0.0.1:80",
                                        "PARLANCE_PORT_80_TCP", "tcp://10.0.0.1:80",
                                        "PARLANCE_PORT_80_TCP_ADDR", "10.0.0.1")))
                .contains("port: 8080 # default");
    }

    @Test
    void oneNameDoesNotFitSeveralModels() throws IOException {
        write("name: x\nmodels: [small.gguf, large.gguf]\n");
        Invocation serve = serve(Map.of());
        assertThat(serve.exitCode()).isEqualTo(2);
        assertThat(serve.err()).startsWith("parlance: --name is for one model");
    }

    @ParameterizedTest
    @ValueSource(strings = {"no-such.gguf", "[small.gguf, no-such.gguf]"})
    void aMissingModelStopsTheStartAlsoIfItWouldBeLoadedLater(String models) throws IOException {
        write("models: " + models + "\n");
        Invocation serve = serve(Map.of());
        assertThat(serve.exitCode()).isEqualTo(1);
        assertThat(serve.err().lines())
                .containsExactly(
                        "parlance: " + folder.resolve("no-such.gguf") + ": there is no such file");
    }

    @Test
    void twoModelsOfOneNameStopTheStart() throws IOException {
        write("models: [small.gguf, {file: large.gguf, name: small}]\n");
        Invocation serve = serve(Map.of(), "--log-level", "error");
        assertThat(serve.exitCode()).isEqualTo(1);
        assertThat(serve.err())
                .isEqualTo("parlance: two models are named 'small'; give one another name\n");
    }

    @Test
    void anEmptyNameOrAPathThatIsNoneStopsTheStart() throws IOException {
        write("models: [{file: small.gguf, name: ''}]\n");
        assertThat(serve(Map.of()).err())
                .isEqualTo("parlance: a model needs names that are not empty, in " + file + ":1\n");
        write("model: \"a\\0b\"\n");
        assertThat(serve(Map.of()).err()).startsWith("parlance: Nul character not allowed");
    }

    @Test
    void aMissingFileIsOneLine() {
        Invocation serve = serve(Map.of());
        assertThat(serve.exitCode()).isEqualTo(1);
        assertThat(serve.err().lines())
                .containsExactly("parlance: " + file + ": there is no such file");
    }

    /** A command with an option of each kind that serve need not have. */
    static final class Strange implements Runnable {
        @Option(names = "--password")
        @Secret
        private String password = "";

        @Option(names = "--word")
        private List<String> words = List.of();

        @Option(names = Configuration.MODEL)
        private List<String> models = List.of();

        @CommandLine.Mixin private ConfigOptions config = new ConfigOptions();

        @Override
        public void run() {}
    }

    @Test
    void secretsAreHiddenAndListsAreLists() throws IOException {
        write("password: geheim\nword: [a, b c]\n");
        Strange strange = new Strange();
        CommandLine command = new CommandLine(strange);
        command.parseArgs("--config", file.toString());
        Configuration configuration =
                Configuration.complete(command.getCommandSpec(), strange.config, Map.of());
        assertThat(strange.password).isEqualTo("geheim");
        assertThat(strange.words).containsExactly("a", "b c");
        assertThat(
                        String.join(
                                "\n",
                                new ConfigListing(command.getCommandSpec(), configuration).lines()))
                .contains("password: (hidden)", "word: [a, \"b c\"]")
                .doesNotContain("geheim");
    }
}
