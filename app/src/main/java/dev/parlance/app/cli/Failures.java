package dev.parlance.app.cli;

import dev.parlance.app.bench.BenchmarkException;
import dev.parlance.engine.chat.template.TemplateException;
import dev.parlance.engine.gguf.GgufFormatException;
import dev.parlance.engine.gguf.UnsupportedModelException;
import dev.parlance.engine.json.JsonParseException;

import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Turns what went wrong into one line on stderr and an exit code. */
final class Failures {
    private Failures() {}

    /** Wrong use: says what is wrong, what was probably meant, and where help is. */
    static int wrongUse(ParameterException failure, String[] args) {
        CommandLine command = failure.getCommandLine();
        String message =
                failure instanceof UnmatchedArgumentException unmatched
                        ? Suggestion.explain(
                                command.getCommandSpec(), unmatched.getUnmatched().getFirst())
                        : oneLine(message(failure));
        PrintWriter err = command.getErr();
        err.println("parlance: " + message);
        err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return CommandLine.ExitCode.USAGE;
    }

    /** A failure on the way: one sentence, or with {@code debug} the stack trace. */
    static int failed(Exception failure, CommandLine command, boolean debug) {
        if (failure instanceof Streams.ReaderGoneException) {
            return CommandLine.ExitCode.SOFTWARE;
        }
        if (debug) {
            failure.printStackTrace(command.getErr());
        } else {
            command.getErr().println("parlance: " + oneLine(describe(failure)));
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    private static String describe(Throwable failure) {
        return switch (failure) {
            case CommandException e -> message(e);
            case BenchmarkException e -> message(e);
            case GgufFormatException e -> message(e);
            case UnsupportedModelException e -> message(e);
            case TemplateException e ->
                    "the chat template refuses this conversation: " + message(e);
            case JsonParseException e -> message(e);
            case UncheckedIOException e when e.getCause() != null -> describe(e.getCause());
            case NoSuchFileException e -> e.getFile() + ": there is no such file";
            case AccessDeniedException e -> e.getFile() + ": reading it is not permitted";
            case FileSystemException e when e.getReason() != null ->
                    e.getFile() + ": " + e.getReason();
            case IOException e -> message(e);
            case Throwable e ->
                    "this is a defect in Parlance: "
                            + e
                            + "; PARLANCE_DEBUG=1 shows where, please report it";
        };
    }

    private static String message(Throwable failure) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }

    private static String oneLine(String message) {
        return message.replaceAll("\\s*\\R\\s*", " ").strip();
    }
}
