package dev.parlance.app.cli;

import picocli.CommandLine;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

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
        return run(streams, System.getenv(), args);
    }

    /** The same in another environment. */
    static int run(Streams streams, Map<String, String> environment, String... args) {
        try {
            return commandLine(streams, environment, called(streams, environment, args))
                    .execute(args);
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
        Map<String, String> environment = System.getenv();
        return commandLine(streams, environment, commands(streams, environment).values());
    }

    private static Map<String, Supplier<Object>> commands(
            Streams streams, Map<String, String> environment) {
        Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
        commands.put("serve", () -> new ServeCommand(streams, environment));
        commands.put("run", () -> new RunCommand(streams));
        commands.put("chat", () -> new ChatCommand(streams, environment));
        commands.put("inspect", () -> new InspectCommand(streams));
        commands.put("tokenize", () -> new TokenizeCommand(streams));
        commands.put("template", () -> new TemplateCommand(streams));
        commands.put("key", () -> new KeyCommand(streams));
        commands.put("bench", () -> bench(streams));
        commands.put("completion", () -> new CompletionCommand(streams));
        return commands;
    }

    private static CommandLine bench(Streams streams) {
        return new CommandLine(new BenchCommand(streams))
                .addSubcommand(new BenchServeCommand(streams))
                .addSubcommand(new BenchCompareCommand(streams))
                .addSubcommand(new BenchSynthesizeCommand(streams));
    }

    /**
     * The command that the arguments call, or all of them if they call none: picocli reads every
     * option of a command by reflection, and for all commands that is felt in a start.
     */
    private static Collection<Supplier<Object>> called(
            Streams streams, Map<String, String> environment, String... args) {
        Map<String, Supplier<Object>> commands = commands(streams, environment);
        String name = args.length == 0 ? "" : args[0];
        Supplier<Object> one = commands.get(name.equals(RunCommand.ALIAS) ? "run" : name);
        return one == null ? commands.values() : List.of(one);
    }

    private static CommandLine commandLine(
            Streams streams,
            Map<String, String> environment,
            Collection<Supplier<Object>> commands) {
        CommandLine commandLine = new CommandLine(new RootCommand());
        commands.forEach(command -> commandLine.addSubcommand(command.get()));
        boolean debug = "1".equals(environment.get("PARLANCE_DEBUG"));
        return commandLine
                .setUsageHelpWidth(HELP_COLUMNS)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(streams.outWriter())
                .setErr(streams.errWriter())
                .setHelpFactory(RangeHelp::new)
                .setExecutionStrategy(Main::runChecked)
                .setParameterExceptionHandler(Failures::wrongUse)
                .setExecutionExceptionHandler(
                        (failure, at, _) -> Failures.failed(failure, at, debug));
    }

    private static int runChecked(ParseResult parsed) {
        parsed.asCommandLineList().forEach(command -> Range.check(command.getCommandSpec()));
        return new RunLast().execute(parsed);
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
