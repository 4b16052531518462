package dev.parlance.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import picocli.CommandLine;

class MainTest {
    @Test
    void helpGoesToStdoutAndSucceeds() {
        Invocation help = Invocation.of("--help");
        assertThat(help.exitCode()).isZero();
        assertThat(help.out()).startsWith("Usage: parlance").contains("inspect", "Examples:");
        assertThat(help.err()).isEmpty();
    }

    @Test
    void everyCommandHasHelpWithAnExample() {
        for (String command : subcommands()) {
            Invocation help = Invocation.of(command, "--help");
            assertThat(help.exitCode()).as(command).isZero();
            assertThat(help.out())
                    .as(command)
                    .startsWith("Usage: parlance " + command)
                    .contains("Example", "parlance " + command + " ");
        }
    }

    @Test
    void everyCommandTellsTheVersion() {
        String version = Invocation.of("--version").out();
        assertThat(version).matches("parlance \\d+\\.\\d+\\.\\d+\\S* \\(Java \\d+, .*\\)\\R");
        for (String command : subcommands()) {
            assertThat(Invocation.of(command, "--version").out()).as(command).isEqualTo(version);
        }
    }

    @Test
    void aMissingCommandIsWrongUse() {
        Invocation nothing = Invocation.of();
        assertThat(nothing.exitCode()).isEqualTo(2);
        assertThat(nothing.err())
                .startsWith("parlance: a command is missing; there are ")
                .contains("inspect")
                .endsWith("Try 'parlance --help'." + System.lineSeparator());
    }

    @ParameterizedTest
    @CsvSource({
        "inspekt,           unknown command 'inspekt'; did you mean inspect?",
        "speak,             unknown command 'speak'; there are serve",
        "inspect --jsn=1 x, unknown option '--jsn'; did you mean --json?",
        "inspect a b,       unexpected argument 'b'",
        "inspect --jsn x,   did you mean --json?",
        "template --templat x, did you mean --template?",
    })
    void aTypingErrorGetsAHint(String arguments, String hint) {
        Invocation wrong = Invocation.of(arguments.split(" "));
        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.out()).isEmpty();
        assertThat(wrong.err()).startsWith("parlance: ").contains(hint);
        assertThat(wrong.err().lines()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "inspect a b",
                "inspect --max-values -5 a",
                "inspect --max-values many a",
                "template --template a --model b",
                "template --template a --now yesterday",
            })
    void badArgumentsAreWrongUse(String arguments) {
        Invocation wrong = Invocation.of(arguments.split(" "));
        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.err()).startsWith("parlance: ").contains("--help'.");
    }

    @Test
    void aMissingFileIsOneLine() {
        Invocation missing = Invocation.of("inspect", "no-such.gguf");
        assertThat(missing.exitCode()).isEqualTo(1);
        assertThat(missing.err().lines())
                .containsExactly("parlance: no-such.gguf: there is no such file");
    }

    private static Iterable<String> subcommands() {
        CommandLine commandLine = Main.commandLine(Streams.standard());
        assertThat(commandLine.getSubcommands()).isNotEmpty();
        return commandLine.getSubcommands().values().stream()
                .map(CommandLine::getCommandName)
                .distinct()
                .toList();
    }
}
