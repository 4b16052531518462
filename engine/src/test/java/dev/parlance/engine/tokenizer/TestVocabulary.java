package dev.parlance.engine.tokenizer;

import dev.parlance.engine.gguf.GgufMetadata;
import dev.parlance.engine.gguf.GgufValue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Builds the metadata of a small vocabulary, and the tokenizer of it. */
final class TestVocabulary {
    private final Map<String, GgufValue> values = new LinkedHashMap<>();
    private final List<String> texts = new ArrayList<>();
    private final List<Float> scores = new ArrayList<>();
    private final List<TokenKind> kinds = new ArrayList<>();
    private final List<String> merges = new ArrayList<>();

    private TestVocabulary(String model) {
        values.put(TokenizerKeys.MODEL, new GgufValue.Text(model));
    }

    static TestVocabulary of(String model) {
        return new TestVocabulary(model);
    }

    /** A byte-level vocabulary: the tokens 0 to 255 are the bytes. */
    static TestVocabulary byteLevel(String preTokenizer) {
        TestVocabulary vocabulary = of("gpt2").with(TokenizerKeys.PRE_TOKENIZER, preTokenizer);
        for (int value = 0; value < 256; value++) {
            vocabulary.token(String.valueOf(ByteLevelAlphabet.character(value)));
        }
        return vocabulary;
    }

    TestVocabulary token(String text) {
        return token(text, TokenKind.NORMAL, 0);
    }

    TestVocabulary token(String text, TokenKind kind) {
        return token(text, kind, 0);
    }

    TestVocabulary token(String text, TokenKind kind, double score) {
        texts.add(text);
        kinds.add(kind);
        scores.add((float) score);
        return this;
    }

    /** The tokens <0x00> to <0xFF>. */
    TestVocabulary bytes() {
        for (int value = 0; value < 256; value++) {
            token(String.format("<0x%02X>", value), TokenKind.BYTE);
        }
        return this;
    }

    /** A merge and the token that it makes, if that is new. */
    TestVocabulary merge(String left, String right) {
        merges.add(left + " " + right);
        if (!texts.contains(left + right)) {
            token(left + right);
        }
        return this;
    }

    TestVocabulary with(String key, String value) {
        return with(key, new GgufValue.Text(value));
    }

    TestVocabulary with(String key, long value) {
        return with(key, new GgufValue.Int(value));
    }

    TestVocabulary with(String key, boolean value) {
        return with(key, new GgufValue.Bool(value));
    }

    TestVocabulary with(String key, GgufValue value) {
        values.put(key, value);
        return this;
    }

    List<String> texts() {
        return texts;
    }

    int id(String text) {
        return texts.indexOf(text);
    }

    GgufMetadata metadata() {
        Map<String, GgufValue> all = new LinkedHashMap<>();
        all.put(TokenizerKeys.TOKENS, new GgufValue.TextArray(List.copyOf(texts)));
        long[] types = kinds.stream().mapToLong(TokenKind::ordinal).toArray();
        all.put(TokenizerKeys.TOKEN_TYPES, new GgufValue.IntArray(types));
        float[] points = new float[scores.size()];
        for (int id = 0; id < points.length; id++) {
            points[id] = scores.get(id);
        }
        all.put(TokenizerKeys.SCORES, new GgufValue.FloatArray(points));
        all.put(TokenizerKeys.MERGES, new GgufValue.TextArray(List.copyOf(merges)));
        all.putAll(values);
        return new GgufMetadata("test.gguf", all);
    }

    /** The metadata without one key. */
    GgufMetadata metadataWithout(String key) {
        Map<String, GgufValue> all = new LinkedHashMap<>(metadata().values());
        all.remove(key);
        return new GgufMetadata("test.gguf", all);
    }

    Tokenizer tokenizer() {
        return Tokenizers.load(metadata(), Optional.empty());
    }

    /** The texts of ids, for readable expectations. */
    List<String> texts(int[] ids) {
        List<String> found = new ArrayList<>();
        for (int id : ids) {
            found.add(texts.get(id));
        }
        return found;
    }

    /** The token texts of a plain text. */
    List<String> encode(String text) {
        return texts(tokenizer().encode(PromptText.plain(text)));
    }
}
