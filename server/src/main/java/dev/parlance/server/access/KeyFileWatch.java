package dev.parlance.server.access;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a file of keys again when it has changed, so that keys come and go while the server runs.
 *
 * <p>A file that is damaged or gone changes nothing but the log: whoever was let in still is.
 *
 * <p>It reads the file every second and compares: that works on every file system, also where links
 * and mounts change under the name, and misses no change because of the tick of a clock. A change
 * counts when it is still there a second later, because at first it may be half written.
 *
 * <p>Threads: a virtual thread of its own, until it is closed.
 */
public final class KeyFileWatch implements AutoCloseable {
    private static final Logger LOGGER = System.getLogger(KeyFileWatch.class.getName());

    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** What the file said; or, if it could not be read, why. */
    private record Reading(String text, String problem) {}

    private final AccessControl access;
    private final List<ApiKey> otherKeys;
    private final Path file;
    private final Thread thread;
    private Reading last = new Reading("", "");
    private Reading settled = last;

    KeyFileWatch(AccessControl access, List<ApiKey> otherKeys, Path file, Duration interval) {
        this.access = access;
        this.otherKeys = List.copyOf(otherKeys);
        this.file = file;
        this.thread = Thread.ofVirtual().name("key-file").unstarted(() -> watch(interval));
    }

    /**
     * Begins to watch.
     *
     * @param otherKeys keys that are let in beside those of the file
     */
    public static KeyFileWatch start(AccessControl access, List<ApiKey> otherKeys, Path file) {
        return new KeyFileWatch(access, otherKeys, file, INTERVAL).begin();
    }

    KeyFileWatch begin() {
        thread.start();
        return this;
    }

    private void watch(Duration interval) {
        try {
            while (true) {
                look();
                Thread.sleep(interval);
            }
        } catch (InterruptedException closed) {
            // Nobody waits for the keys any more.
        }
    }

    /**
     * Reads the file, and takes its keys if it says what it said the last time, and did not before.
     */
    void look() {
        Reading now = read();
        boolean changed = now.equals(last) && !now.equals(settled);
        last = now;
        if (changed) {
            settled = now;
            take(now);
        }
    }

    private Reading read() {
        try {
            return new Reading(KeyFile.text(file), "");
        } catch (IOException | KeyFileException unreadable) {
            return new Reading("", unreadable.toString());
        }
    }

    private void take(Reading reading) {
        if (!reading.problem().isEmpty()) {
            refuse(reading.problem());
            return;
        }
        try {
            List<ApiKey> keys = new ArrayList<>(otherKeys);
            keys.addAll(KeyFile.parse(file.toString(), reading.text()));
            if (access.replaceKeys(keys)) {
                LOGGER.log(Level.INFO, "{0} has changed: {1} API keys now", file, keys.size());
            }
        } catch (KeyFileException | IllegalArgumentException damaged) {
            refuse(String.valueOf(damaged.getMessage()));
        }
    }

    private void refuse(String problem) {
        LOGGER.log(
                Level.ERROR,
                "The file of API keys was changed and cannot be used, so the keys stay as they"
                        + " were: {0}",
                problem);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
