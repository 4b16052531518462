package dev.parlance.app.config;

/**
 * A line of a configuration file.
 *
 * @param file as it was named
 * @param line from 1
 */
public record Place(String file, int line) {
    /** As compilers write it, so that editors find it. */
    @Override
    public String toString() {
        return file + ":" + line;
    }
}
