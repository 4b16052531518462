package dev.parlance.app.cli;

import org.jspecify.annotations.Nullable;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.util.concurrent.Callable;

/** Prints what makes a shell complete this program's commands and options. */
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Prints a script that lets bash or zsh complete commands and options.",
            "The script is the same for both, so none need be named. It completes a command called",
            "parlance, so this program must be on the PATH as that."
        },
        footer = {"", "Example, for ~/.bashrc or ~/.zshrc:", "  source <(parlance completion)"})
final class CompletionCommand implements Callable<Integer> {
    /** A shell that the script is for. */
    enum Shell {
        BASH,
        ZSH
    }

    private final Streams streams;

    @Parameters(arity = "0..1", paramLabel = "SHELL", description = "bash or zsh.")
    private @Nullable Shell shell;

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
