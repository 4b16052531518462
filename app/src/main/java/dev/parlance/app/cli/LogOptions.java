package dev.parlance.app.cli;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * How much is logged, and the backend behind every {@link System.Logger}: {@code java.util.logging}
 * with one line per event on stderr.
 */
final class LogOptions {
    /** Held here because java.util.logging itself lets unused loggers go, with their level. */
    private static final Logger PROGRAM = Logger.getLogger("dev.parlance");

    private static final Logger EVERYTHING = Logger.getLogger("");

    /** Levels as people write them. */
    enum LogLevel {
        ERROR(Level.SEVERE),
        WARNING(Level.WARNING),
        INFO(Level.INFO),
        DEBUG(Level.FINE),
        TRACE(Level.FINER);

        private final Level level;

        LogLevel(Level level) {
            this.level = level;
        }
    }

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            description =
                    "What to log on stderr: error, warning, info, debug (every request) or trace."
                            + " Default: info for serve, else warning.")
    private @Nullable LogLevel level;

    /** Sets the process's logging up; the last call counts. */
    void apply(PrintStream err, LogLevel defaultLevel) {
        LogLevel chosen = level == null ? defaultLevel : level;
        for (Handler handler : EVERYTHING.getHandlers()) {
            EVERYTHING.removeHandler(handler);
        }
        EVERYTHING.addHandler(new LineHandler(err));
        // Libraries speak up only when something is wrong, or when everything is asked for.
        EVERYTHING.setLevel(chosen == LogLevel.TRACE ? Level.INFO : Level.WARNING);
        PROGRAM.setLevel(chosen.level);
    }

    private static final class LineHandler extends Handler {
        private final PrintStream err;

        LineHandler(PrintStream err) {
            this.err = err;
            setFormatter(new LineFormatter());
            setLevel(Level.ALL);
        }

        @Override
        public void publish(LogRecord event) {
            if (isLoggable(event)) {
                err.print(getFormatter().format(event));
            }
        }

        @Override
        public void flush() {
            err.flush();
        }

        @Override
        public void close() {
            flush();
        }
    }

    /** {@code 12:00:00.123 INFO server: message}, and under it the stack trace of a defect. */
    static final class LineFormatter extends Formatter {
        @Override
        public String format(LogRecord event) {
            LocalTime time =
                    LocalTime.ofInstant(event.getInstant(), ZoneId.systemDefault())
                            .truncatedTo(ChronoUnit.MILLIS);
            StringBuilder line =
                    new StringBuilder(
                            String.format(
                                    Locale.ROOT,
                                    "%tT.%<tL %-7s %s: %s%n",
                                    time,
                                    name(event.getLevel()),
                                    shortName(event.getLoggerName()),
                                    formatMessage(event).replaceAll("\\R", " ")));
            if (event.getThrown() != null) {
                StringWriter trace = new StringWriter();
                event.getThrown().printStackTrace(new PrintWriter(trace));
                line.append(trace);
            }
            return line.toString();
        }

        private static String name(Level level) {
            if (level.intValue() >= Level.SEVERE.intValue()) {
                return "ERROR";
            }
            if (level.intValue() >= Level.WARNING.intValue()) {
                return "WARNING";
            }
            if (level.intValue() >= Level.INFO.intValue()) {
                return "INFO";
            }
            return level.intValue() >= Level.FINE.intValue() ? "DEBUG" : "TRACE";
        }

        /** {@code dev.parlance.server.http.Router} is {@code server.http}. */
        private static String shortName(String loggerName) {
            String name = loggerName.replace("dev.parlance.", "");
            int end = name.lastIndexOf('.');
            return name.equals(loggerName) || end < 0 ? name : name.substring(0, end);
        }
    }
}
