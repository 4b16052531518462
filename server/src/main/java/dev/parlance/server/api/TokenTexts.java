package dev.parlance.server.api;

import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonNumber;
import dev.parlance.engine.json.JsonValue;
import dev.parlance.engine.tokenizer.Tokenizer;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** How tokens and their log probabilities are shown in answers. */
public final class TokenTexts {
    /** JSON has no infinity; OpenAI writes this for a token that is out of the question. */
    private static final double LEAST_LOG_PROBABILITY = -9999.0;

    private final Tokenizer tokenizer;
    private final boolean asIds;

    /**
     * @param asIds whether a token is called {@code token_id:7}, which no other is, and not by its
     *     text
     */
    public TokenTexts(Tokenizer tokenizer, boolean asIds) {
        this.tokenizer = tokenizer;
        this.asIds = asIds;
    }

    /** The token's text; U+FFFD for bytes that are only a part of a character. */
    public String text(int tokenId) {
        if (asIds) {
            return "token_id:" + tokenId;
        }
        return new String(tokenizer.bytes(tokenId), StandardCharsets.UTF_8);
    }

    /**
     * A name that tells tokens apart where there is no place for bytes: the text, or {@code
     * bytes:\xe2\x82} for bytes that are only a part of a character, as OpenAI writes it.
     */
    public String name(int tokenId) {
        if (asIds) {
            return text(tokenId);
        }
        byte[] bytes = tokenizer.bytes(tokenId);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException part) {
            return "bytes:\\x" + HexFormat.ofDelimiter("\\x").formatHex(bytes);
        }
    }

    /** The token's bytes, from which a client can put split characters together. */
    public JsonArray bytes(int tokenId) {
        byte[] bytes = tokenizer.bytes(tokenId);
        List<JsonValue> values = new ArrayList<>(bytes.length);
        for (byte value : bytes) {
            values.add(JsonNumber.of(Byte.toUnsignedLong(value)));
        }
        return new JsonArray(values);
    }

    public static JsonNumber logprob(double logProbability) {
        return JsonNumber.of(Math.max(LEAST_LOG_PROBABILITY, logProbability));
    }

    /** Token ids as an array. */
    public static JsonArray ids(Iterable<Integer> tokenIds) {
        List<JsonValue> values = new ArrayList<>();
        tokenIds.forEach(id -> values.add(JsonNumber.of(id)));
        return new JsonArray(values);
    }

    /** Token ids as an array. */
    public static JsonArray ids(int[] tokenIds) {
        List<JsonValue> values = new ArrayList<>(tokenIds.length);
        for (int id : tokenIds) {
            values.add(JsonNumber.of(id));
        }
        return new JsonArray(values);
    }
}
