package dev.parlance.app.cli;

import dev.parlance.engine.LoadProgress;

import java.io.Console;
import java.io.PrintStream;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Tells somebody who waits how far the loading of a model is: on a terminal in one line that is
 * overwritten, otherwise in the log. A model that is loaded within a second is not worth a word.
 *
 * <p>Threads: one, the one that loads.
 */
final class LoadReport implements LoadProgress, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(LoadReport.class.getName());
    private static final long SECOND = 1_000_000_000;
    private static final long FIRST_NANOS = SECOND;
    private static final long LINE_NANOS = SECOND / 10;
    private static final long LOG_NANOS = 5 * SECOND;

    private static final String BAR = "#".repeat(24);
    private static final String GAP = ".".repeat(BAR.length());

    private final String modelName;
    private final PrintStream err;
    private final BooleanSupplier terminal;
    private final LongSupplier nanoTime;
    private boolean begun;
    private long next;
    private int lineLength;

    /**
     * @param terminal whether a person sees what is written to {@code err}; asked only when there
     *     is something to tell
     */
    LoadReport(String modelName, PrintStream err, BooleanSupplier terminal, LongSupplier nanoTime) {
        this.modelName = modelName;
        this.err = err;
        this.terminal = terminal;
        this.nanoTime = nanoTime;
    }

    static LoadReport to(Streams streams, String modelName) {
        return new LoadReport(modelName, streams.err(), LoadReport::hasTerminal, System::nanoTime);
    }

    private static boolean hasTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    @Override
    public void read(long bytes, long total) {
        long now = nanoTime.getAsLong();
        if (!begun) {
            begun = true;
            next = now + FIRST_NANOS;
        }
        if (now - next < 0) {
            return;
        }
        String line =
                String.format(
                        Locale.ROOT,
                        "loading %s: %d %% (%.1f of %.1f GB)",
                        modelName,
                        100 * bytes / total,
                        bytes / 1e9,
                        total / 1e9);
        if (terminal.getAsBoolean()) {
            int full = (int) (BAR.length() * bytes / total);
            line = BAR.substring(0, full) + GAP.substring(full) + " " + line;
            // Ends at the start of the line, so that what is logged meanwhile replaces it.
            err.print(line + "\r");
            err.flush();
            lineLength = line.length();
            next = now + LINE_NANOS;
        } else {
            LOG.log(System.Logger.Level.INFO, line);
            next = now + LOG_NANOS;
        }
    }

    /** Takes the line away. */
    @Override
    public void close() {
        if (lineLength > 0) {
            err.print(" ".repeat(lineLength) + "\r");
            err.flush();
        }
    }
}
