package dev.parlance.engine.kvcache;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a whole block of a sequence holds: its tokens and all that come before them. Blocks with
 * equal keys hold the same keys and values, whichever sequence computed them.
 *
 * <p>It is the SHA-256 of the key before it and of the block's tokens, so that nobody can make two
 * prompts meet in one key. Threads: safe.
 */
public record PrefixKey(long first, long second, long third, long fourth) {
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

    private static PrefixKey digest(byte[] bytes) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
            LongBuffer parts = ByteBuffer.wrap(hash).asLongBuffer();
            return new PrefixKey(parts.get(0), parts.get(1), parts.get(2), parts.get(3));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
