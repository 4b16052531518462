package dev.parlance.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Keeps {@code docs/cli.md} what the program says about itself; {@code make docs} writes it. */
class CommandDocumentTest {
    private static final Path DOCUMENT =
            Path.of(System.getProperty("parlance.root"), "docs", "cli.md");

    @Test
    void theDocumentIsWhatTheHelpSays() throws IOException {
        String document = document();
        if (Boolean.getBoolean("parlance.update")) {
            Files.createDirectories(DOCUMENT.getParent());
            Files.writeString(DOCUMENT, document);
        }
        assertThat(Files.exists(DOCUMENT) ? Files.readString(DOCUMENT) : "")
                .as("docs/cli.md is stale; run: make docs")
                .isEqualTo(document);
    }

    private static String document() {
        CommandLine program = Main.commandLine(Streams.standard());
        StringBuilder text =
                new StringBuilder(
                        """
                        # The command line

                        Written by `make docs` from the program's own help.

                        """);
        append(text, program);
        return text.toString().stripTrailing() + "\n";
    }

    private static void append(StringBuilder text, CommandLine command) {
        String usage = command.getUsageMessage(Ansi.OFF).replace("\r\n", "\n").stripTrailing();
        text.append("## ")
                .append(command.getCommandSpec().qualifiedName())
                .append("\n\n```\n")
                .append(usage)
                .append("\n```\n\n");
        command.getSubcommands().values().stream().distinct().forEach(each -> append(text, each));
    }
}
