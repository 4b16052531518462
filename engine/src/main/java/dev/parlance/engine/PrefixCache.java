package dev.parlance.engine;

import java.nio.file.Path;

/** What becomes of computed keys and values that no sequence needs any more. */
public sealed interface PrefixCache {
    /** They are forgotten: every prompt is computed whole. */
    record Off() implements PrefixCache {}

    /** They are kept until their memory is wanted, for prompts that begin alike. */
    record InMemory() implements PrefixCache {}

    /**
     * They are kept in memory, and in files, where they outlast memory and process. Whoever can
     * read the files can find out what was asked, so they are made for their owner only.
     *
     * @param folder may be shared by models, but not by processes that serve the same model; it is
     *     made if it is not there
     * @param maxBytes of all files in the folder, 1 or more, but those of other models that are
     *     being served
     */
    record InFolder(Path folder, long maxBytes) implements PrefixCache {
        /** Bytes when no number is given: 4 GiB. */
        public static final long DEFAULT_MAX_BYTES = 4L << 30;

        public InFolder {
            if (maxBytes < 1) {
                throw new IllegalArgumentException("maxBytes must be 1 or more, got " + maxBytes);
            }
        }
    }
}
