package dev.parlance.app.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;

import java.util.concurrent.Callable;

/** Prints what makes a shell complete this program's commands and options. */
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Prints a script that lets bash or zsh complete commands and options.",
            "It completes a command called parlance, so this program must be on the PATH as that."
        },
        footer = {"", "Example, for ~/.bashrc or ~/.zshrc:", "  source <(parlance completion)"})
final class CompletionCommand implements Callable<Integer> {
    private final Streams streams;

    CompletionCommand(Streams streams) {
        this.streams = streams;
    }

    @Override
    public Integer call() {
        streams.out().print(AutoComplete.bash("parlance", Main.commandLine(streams)));
        streams.flushOut();
        return 0;
    }
}
