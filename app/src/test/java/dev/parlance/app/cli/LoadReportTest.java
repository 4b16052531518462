package dev.parlance.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

class LoadReportTest {
    private static final Logger LOGGER = Logger.getLogger(LoadReport.class.getName());

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final List<String> logged = new ArrayList<>();
    private final Handler handler =
            new Handler() {
                @Override
                public void publish(LogRecord event) {
                    logged.add(event.getLevel() + " " + event.getMessage());
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };
    private long millis;

    @BeforeEach
    void listen() {
        LOGGER.addHandler(handler);
        LOGGER.setLevel(Level.INFO);
    }

    @AfterEach
    void stopListening() {
        LOGGER.removeHandler(handler);
        LOGGER.setLevel(null);
    }

    private LoadReport report(boolean terminal) {
        PrintStream err = new PrintStream(written, false, StandardCharsets.UTF_8);
        return new LoadReport("small", err, () -> terminal, () -> millis * 1_000_000);
    }

    private static void readAt(LoadReport report, long bytes) {
        report.read(bytes, 700_000_000);
    }

    private String text() {
        return written.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aQuickLoadIsNotMentioned() {
        for (boolean terminal : new boolean[] {true, false}) {
            try (LoadReport report = report(terminal)) {
                readAt(report, 0);
                millis += 999;
                readAt(report, 700_000_000);
            }
        }
        assertThat(text()).isEmpty();
        assertThat(logged).isEmpty();
    }

    @Test
    void aTerminalHasOneLineThatIsTakenAwayInTheEnd() {
        try (LoadReport report = report(true)) {
            readAt(report, 0);
            millis = 1000;
            readAt(report, 294_000_000);
            millis = 1099;
            readAt(report, 300_000_000);
            millis = 1100;
            readAt(report, 700_000_000);
        }
        String first = "##########.............. loading small: 42 % (0.3 of 0.7 GB)";
        String last = "######################## loading small: 100 % (0.7 of 0.7 GB)";
        assertThat(text()).isEqualTo(first + "\r" + last + "\r" + " ".repeat(last.length()) + "\r");
        assertThat(logged).isEmpty();
    }

    @Test
    void elsewhereALineIsLoggedEveryFiveSeconds() {
        try (LoadReport report = report(false)) {
            for (millis = 0; millis < 7000; millis += 100) {
                readAt(report, millis * 100_000);
            }
        }
        assertThat(text()).isEmpty();
        assertThat(logged)
                .containsExactly(
                        "INFO loading small: 14 % (0.1 of 0.7 GB)",
                        "INFO loading small: 85 % (0.6 of 0.7 GB)");
    }
}
