package dev.parlance.engine.kvcache;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * What a whole block of a sequence holds: its tokens and all that come before them. Blocks with
 * equal keys hold the same keys and values, whichever sequence computed them.
 *
 * <p>It is the SHA-256 of the key before it and of the block's tokens, so that nobody can make two
 * prompts meet in one key. Threads: safe.
 */
public record PrefixKey(long first, long second, long third, long fourth) {
    static final int BYTES = 4 * Long.BYTES;

    /**
     * Where a chain of keys begins.
     *
     * @param scopes chains never meet unless all of these are equal
     */
    public static PrefixKey root(String... scopes) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String scope : scopes) {
            byte[] text = scope.getBytes(StandardCharsets.UTF_8);
            // With their lengths, so that no text can reach into the next.
            bytes.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(text.length).array());
            bytes.writeBytes(text);
        }
        return digest(bytes.toByteArray());
    }

    /** The keys of the whole blocks of a prompt, in order. */
    public static List<PrefixKey> chain(PrefixKey root, int[] tokens) {
        List<PrefixKey> keys = new ArrayList<>();
        PrefixKey key = root;
        for (int at = 0; at + KvCache.BLOCK_TOKENS <= tokens.length; at += KvCache.BLOCK_TOKENS) {
            key = key.next(tokens, at);
            keys.add(key);
        }
        return keys;
    }

    /** The key of the block that follows, with the tokens from {@code tokens[at]} on. */
    public PrefixKey next(int[] tokens, int at) {
        ByteBuffer bytes =
                ByteBuffer.allocate(4 * Long.BYTES + KvCache.BLOCK_TOKENS * Integer.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(first).putLong(second).putLong(third).putLong(fourth);
        for (int i = 0; i < KvCache.BLOCK_TOKENS; i++) {
            bytes.putInt(tokens[at + i]);
        }
        return digest(bytes.array());
    }

    /**
     * The key of what a group of layers has of the same tokens. Nobody finds two prompts whose
     * digests are so near to each other either.
     */
    PrefixKey ofGroup(int group) {
        return group == 0 ? this : new PrefixKey(first, second, third, fourth + group);
    }

    /** As 64 hexadecimal digits. */
    String hex() {
        return HexFormat.of().formatHex(bytes());
    }

    /**
     * The key that {@link #hex} writes so.
     *
     * @throws IllegalArgumentException if the text is not 64 hexadecimal digits
     */
    static PrefixKey ofHex(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a key has " + BYTES + " bytes: " + hex);
        }
        return of(bytes);
    }

    byte[] bytes() {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        bytes.putLong(first).putLong(second).putLong(third).putLong(fourth);
        return bytes.array();
    }

    private static PrefixKey of(byte[] bytes) {
        LongBuffer parts = ByteBuffer.wrap(bytes).asLongBuffer();
        return new PrefixKey(parts.get(0), parts.get(1), parts.get(2), parts.get(3));
    }

    private static PrefixKey digest(byte[] bytes) {
        try {
            return of(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
