package dev.parlance.app.cli;

import picocli.CommandLine;
import picocli.CommandLine.IVersionProvider;

/** The program's entry point. */
public final class Main {
    private static final int HELP_COLUMNS = 100;

    private Main() {}

    public static void main(String[] args) {
        Streams streams = Streams.standard();
        int exitCode = run(streams, args);
        streams.out().flush();
        System.exit(exitCode);
    }

    /** Runs one command to its end. Returns the exit code: 0, 1 for a failure, 2 for wrong use. */
    static int run(Streams streams, String... args) {
        try {
            return commandLine(streams).execute(args);
        } catch (OutOfMemoryError e) {
            streams.err()
                    .println(
                            "parlance: out of memory ("
                                    + e.getMessage()
                                    + "); PARLANCE_JAVA_OPTS=-Xmx8g, for example, gives the JVM"
                                    + " more");
            return CommandLine.ExitCode.SOFTWARE;
        }
    }

    /** The whole command line, wired to the streams. */
    static CommandLine commandLine(Streams streams) {
        CommandLine commandLine =
                new CommandLine(new RootCommand())
                        .addSubcommand(new ServeCommand(streams))
                        .addSubcommand(new RunCommand(streams))
                        .addSubcommand(new InspectCommand(streams))
                        .addSubcommand(new TokenizeCommand(streams))
                        .addSubcommand(new TemplateCommand(streams));
        boolean debug = "1".equals(System.getenv("PARLANCE_DEBUG"));
        return commandLine
                .setUsageHelpWidth(HELP_COLUMNS)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(streams.outWriter())
                .setErr(streams.errWriter())
                .setParameterExceptionHandler(Failures::wrongUse)
                .setExecutionExceptionHandler(
                        (failure, at, _) -> Failures.failed(failure, at, debug));
    }

    /** What {@code --version} prints. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {
                "parlance "
                        + RootCommand.version()
                        + " (Java "
                        + Runtime.version().feature()
                        + ", "
                        + System.getProperty("java.vendor")
                        + " "
                        + System.getProperty("java.version")
                        + ")"
            };
        }
    }
}
