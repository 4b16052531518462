package dev.parlance.app.model;

import dev.parlance.engine.gguf.GgufFile;
import dev.parlance.engine.gguf.GgufFormatException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/** The tiny model that comes inside the program, for a first try without a download. */
public final class EmbeddedModel {
    /** What clients call it. */
    public static final String NAME = "parlance-tiny";

    /** What help texts call it. */
    public static final String WHAT = "the tiny model inside the program, " + NAME;

    private static final String FILE_NAME = NAME + ".gguf";
    private static final String CHECKSUM_FILE_NAME = FILE_NAME + ".sha256";

    private EmbeddedModel() {}

    /**
     * Reads the model into memory; to be closed.
     *
     * @throws IOException if this build of the program has none
     * @throws GgufFormatException if it is not, byte for byte, what the program was built with
     */
    public static GgufFile open() throws IOException {
        byte[] model = read(FILE_NAME);
        check(model, new String(read(CHECKSUM_FILE_NAME), StandardCharsets.UTF_8));
        return GgufFile.open(FILE_NAME, model);
    }

    private static byte[] read(String resource) throws IOException {
        try (@Nullable InputStream in = EmbeddedModel.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException(
                        "this copy of Parlance has no model inside ("
                                + resource
                                + " is missing); bring one: --model FILE");
            }
            return in.readAllBytes();
        }
    }

    /**
     * @param checksumFile text as {@code sha256sum} writes it: the sum, and the file's name
     * @throws GgufFormatException if the model's SHA-256 is another
     */
    static void check(byte[] model, String checksumFile) {
        String expected = checksumFile.strip().split("\\s", 2)[0].toLowerCase(Locale.ROOT);
        String found = HexFormat.of().formatHex(sha256().digest(model));
        if (!found.equals(expected)) {
            throw new GgufFormatException(
                    FILE_NAME
                            + ": the model inside the program is damaged: its SHA-256 is "
                            + found
                            + ", and must be "
                            + expected
                            + "; build or install Parlance anew, or bring a model: --model FILE");
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
