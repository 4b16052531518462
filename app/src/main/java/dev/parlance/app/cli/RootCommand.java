package dev.parlance.app.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.lang.module.ModuleDescriptor;

/** The program itself: does nothing but hold the commands. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
@Command(
        name = "parlance",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = "Serves language models over OpenAI's API, and looks into their files.",
        footer = {
            "",
            "Examples:",
            "  parlance serve",
            "  parlance serve --model model.gguf",
            "  parlance run --model model.gguf \"Why is the sky blue?\"",
            "  parlance chat --url http://127.0.0.1:8080/v1",
            "  parlance COMMAND --help",
            "",
            "Exit codes: 0 done, 1 failed, 2 wrong use. PARLANCE_DEBUG=1 shows stack traces.",
            "NO_COLOR=1 leaves colours out."
        })
final class RootCommand implements Runnable {
    @Spec private CommandSpec spec;

    /** The version that this module was compiled as. */
    static String version() {
        ModuleDescriptor module = RootCommand.class.getModule().getDescriptor();
        return module == null ? "unknown" : module.rawVersion().orElse("unknown");
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "a command is missing; there are "
                        + String.join(", ", spec.subcommands().keySet()));
    }
}
