package dev.parlance.server.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A key as the server knows it: by its hash, so that neither a file nor a dump of memory gives it
 * away.
 *
 * <p>The hash is a plain SHA-256: a key of {@link #newSecret()} cannot be guessed, so a slow hash
 * would protect nothing and cost every request.
 *
 * @param name names the key's holder in logs, and the tenant to the scheduler
 * @param sha256 hash of the key in 64 hexadecimal digits
 * @param models names of the models that it may use; empty: all
 */
public record ApiKey(String name, String sha256, Set<String> models, KeyLimits limits) {
    private static final int SECRET_BYTES = 32;
    private static final int MAX_NAME_LENGTH = 100;
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    /** What fits a header, without spaces. */
    private static final Pattern SECRET = Pattern.compile("[\\x21-\\x7e]{1,512}");

    public ApiKey {
        if (name.isBlank()
                || name.length() > MAX_NAME_LENGTH
                || name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "the name of a key must have 1 to "
                            + MAX_NAME_LENGTH
                            + " printable characters, got '"
                            + name
                            + "'");
        }
        sha256 = sha256.toLowerCase(Locale.ROOT);
        if (!SHA256.matcher(sha256).matches()) {
            throw new IllegalArgumentException(
                    "the SHA-256 of a key must be 64 hexadecimal digits, got " + sha256.length());
        }
        models = Set.copyOf(models);
    }

    /** A key that may use every model without limits. */
    public static ApiKey of(String name, String secret) {
        return new ApiKey(name, hash(secret), Set.of(), KeyLimits.NONE);
    }

    /** A new key that nobody can guess. */
    public static String newSecret() {
        byte[] bytes = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(bytes);
        return "sk-" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /**
     * The hash of a key, as {@link #sha256()} has it.
     *
     * @throws IllegalArgumentException if no client could send such a key; the message does not
     *     repeat it
     */
    public static String hash(String secret) {
        if (!SECRET.matcher(secret).matches()) {
            throw new IllegalArgumentException(
                    "an API key must be 1 to 512 ASCII characters without spaces, got "
                            + secret.length()
                            + " characters");
        }
        return HexFormat.of().formatHex(digest(secret));
    }

    static byte[] digest(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(secret.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
