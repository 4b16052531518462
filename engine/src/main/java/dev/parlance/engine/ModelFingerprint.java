package dev.parlance.engine;

import dev.parlance.engine.gguf.GgufFile;
import dev.parlance.engine.model.LanguageModel;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Names everything that decides what a model computes, bit for bit: its file, the version of our
 * arithmetic, the kind of CPU, whose mathematical functions may differ in the last bit, and
 * settings.
 */
final class ModelFingerprint {
    private static final int HEX_DIGITS = 32;

    private ModelFingerprint() {}

    /**
     * 32 hexadecimal digits, equal for what is equal in all of this.
     *
     * @param settings whatever else is to make a difference
     */
    static String of(GgufFile file, String... settings) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(file.fingerprint());
            digest.update(
                    String.join(
                                    "\n",
                                    "arithmetic " + LanguageModel.ARITHMETIC_VERSION,
                                    System.getProperty("os.arch"),
                                    String.join("\n", settings))
                            .getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest()).substring(0, HEX_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
