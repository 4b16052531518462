package dev.parlance.engine.tokenizer;

import dev.parlance.engine.gguf.GgufFormatException;
import dev.parlance.engine.gguf.GgufMetadata;
import dev.parlance.engine.tokenizer.GgufVocabulary.SpecialIds;
import dev.parlance.engine.tokenizer.GgufVocabulary.Stripping;

import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Reads a vocabulary from a file's metadata and checks it.
 *
 * <p>Errors: {@link GgufFormatException} names the file and the key for arrays of unequal length,
 * kinds and ids that do not exist, tokens that are there twice, and scores that are no numbers.
 * Source: llama.cpp, llama-vocab.cpp, {@code llama_vocab::impl::load}.
 */
final class VocabularyReader {
    /** Some converters write "no such token" as -1, signed or unsigned. */
    private static final long NO_TOKEN = -1;

    private static final long NO_TOKEN_UNSIGNED = 0xFFFFFFFFL;

    private static final Set<String> MASK_STRIPPING_PRE_TOKENIZERS =
            Set.of("jina-v2-de", "jina-v2-es", "jina-v2-code");
    private static final Set<String> MASK_STRIPPING_ARCHITECTURES =
            Set.of("nomic-bert-moe", "jina-bert-v3");
    private static final List<String> STRIPPING_PHI_NAMES = List.of("phi-3", "phi3");
    private static final Set<String> UNSTRIPPED_PHI_TOKENS =
            Set.of("<unk>", "<s>", "<|endoftext|>");

    private final GgufMetadata metadata;
    private final String[] texts;
    private final TokenKind[] kinds;
    private final float[] scores;
    private final TokenTable table;

    private VocabularyReader(GgufMetadata metadata) {
        this.metadata = metadata;
        texts = readTexts();
        kinds = readKinds();
        scores = readScores();
        table = TokenTable.of(texts, this::duplicate);
    }

    /**
     * @param defaults the ids that hold where the file does not say otherwise, -1 for none
     */
    static GgufVocabulary read(GgufMetadata metadata, SpecialIds defaults) {
        return new VocabularyReader(metadata).read(defaults);
    }

    private GgufVocabulary read(SpecialIds defaults) {
        int classifier = readId(TokenizerKeys.CLASSIFIER_ID, defaults.bos());
        SpecialIds ids =
                new SpecialIds(
                        readId(TokenizerKeys.BOS_ID, classifier),
                        readId(TokenizerKeys.EOS_ID, defaults.eos()),
                        readId(TokenizerKeys.UNKNOWN_ID, defaults.unknown()),
                        readId(TokenizerKeys.SEPARATOR_ID, defaults.separator()));
        Set<Integer> endOfGeneration = new HashSet<>();
        addIfPresent(endOfGeneration, ids.eos());
        addIfPresent(endOfGeneration, readId(TokenizerKeys.EOT_ID, -1));
        addIfPresent(endOfGeneration, readId(TokenizerKeys.EOM_ID, -1));
        new SpecialTokenNames(table, kinds, this::isMadeByMerge).apply(endOfGeneration);
        makeControl(ids.bos());
        endOfGeneration.forEach(this::makeControl);
        return new GgufVocabulary(
                texts, kinds, scores, table, ids, endOfGeneration, fillInMiddle(), stripping());
    }

    /** The three marks, each by its key, its older key or its name; absent unless all are there. */
    private Optional<FillInMiddle> fillInMiddle() {
        int prefix =
                readMark(
                        TokenizerKeys.FILL_PREFIX_ID,
                        TokenizerKeys.OLD_FILL_PREFIX_ID,
                        SpecialTokenNames.FILL_PREFIXES);
        int suffix =
                readMark(
                        TokenizerKeys.FILL_SUFFIX_ID,
                        TokenizerKeys.OLD_FILL_SUFFIX_ID,
                        SpecialTokenNames.FILL_SUFFIXES);
        int middle =
                readMark(
                        TokenizerKeys.FILL_MIDDLE_ID,
                        TokenizerKeys.OLD_FILL_MIDDLE_ID,
                        SpecialTokenNames.FILL_MIDDLES);
        return prefix < 0 || suffix < 0 || middle < 0
                ? Optional.empty()
                : Optional.of(new FillInMiddle(prefix, suffix, middle));
    }

    private int readMark(String key, String oldKey, List<String> names) {
        IntStream named =
                names.stream()
                        .mapToInt(table::find)
                        .filter(id -> id >= 0 && kinds[id] == TokenKind.CONTROL);
        int id =
                IntStream.concat(IntStream.of(readId(key, -1), readId(oldKey, -1)), named)
                        .filter(found -> found >= 0)
                        .findFirst()
                        .orElse(-1);
        makeControl(id);
        return id;
    }

    private String[] readTexts() {
        String[] read = metadata.strings(TokenizerKeys.TOKENS).toArray(String[]::new);
        if (read.length == 0) {
            throw damaged(TokenizerKeys.TOKENS, "is empty; it must have at least one token");
        }
        for (int id = 0; id < read.length; id++) {
            if (read[id].isEmpty()) {
                read[id] = "[EMPTY_" + id + "]";
            }
        }
        return read;
    }

    private TokenKind[] readKinds() {
        TokenKind[] read = new TokenKind[texts.length];
        long[] numbers = metadata.findIntegers(TokenizerKeys.TOKEN_TYPES).orElse(null);
        if (numbers != null) {
            checkLength(TokenizerKeys.TOKEN_TYPES, numbers.length);
        }
        for (int id = 0; id < read.length; id++) {
            TokenKind kind = numbers == null ? TokenKind.NORMAL : TokenKind.find(numbers[id]);
            if (kind == null) {
                throw damaged(
                        TokenizerKeys.TOKEN_TYPES,
                        "has "
                                + (numbers == null ? 0 : numbers[id])
                                + " at index "
                                + id
                                + "; kinds are 0 to 6");
            }
            read[id] = kind;
        }
        return read;
    }

    private float[] readScores() {
        if (!metadata.has(TokenizerKeys.SCORES)) {
            return new float[texts.length];
        }
        float[] read = metadata.findFloats(TokenizerKeys.SCORES).orElseThrow();
        checkLength(TokenizerKeys.SCORES, read.length);
        for (int id = 0; id < read.length; id++) {
            if (!Float.isFinite(read[id])) {
                throw damaged(
                        TokenizerKeys.SCORES,
                        "has " + read[id] + " at index " + id + "; scores must be finite");
            }
        }
        return read;
    }

    private void checkLength(String key, int length) {
        if (length != texts.length) {
            throw damaged(
                    key,
                    "has "
                            + length
                            + " elements; '"
                            + TokenizerKeys.TOKENS
                            + "' has "
                            + texts.length);
        }
    }

    private GgufFormatException duplicate(int firstId, int secondId) {
        return damaged(
                TokenizerKeys.TOKENS,
                "has '"
                        + texts[firstId]
                        + "' twice, at "
                        + firstId
                        + " and "
                        + secondId
                        + "; every token must be there once");
    }

    private int readId(String key, int fallback) {
        OptionalLong value = metadata.findInteger(key);
        if (value.isEmpty()
                || value.getAsLong() == NO_TOKEN
                || value.getAsLong() == NO_TOKEN_UNSIGNED) {
            // A default is a guess; it holds only where it does not hit a piece of plain text.
            return fallback >= 0 && fallback < texts.length && isMark(fallback) ? fallback : -1;
        }
        return metadata.integer(key, 0, texts.length - 1);
    }

    private boolean isMark(int id) {
        String text = texts[id];
        boolean isBracketed =
                (text.startsWith("<") && text.endsWith(">"))
                        || (text.startsWith("[") && text.endsWith("]"));
        return kinds[id].isHidden() || (isBracketed && kinds[id] != TokenKind.BYTE);
    }

    private static void addIfPresent(Set<Integer> ids, int id) {
        if (id >= 0) {
            ids.add(id);
        }
    }

    /** The tokens that begin and end a text are marks, whatever kind the converter gave them. */
    private void makeControl(int id) {
        if (id >= 0 && kinds[id] != TokenKind.BYTE) {
            kinds[id] = TokenKind.CONTROL;
        }
    }

    private boolean isMadeByMerge(String text) {
        for (String merge : metadata.findStrings(TokenizerKeys.MERGES).orElse(List.of())) {
            int space = merge.indexOf(' ', 1);
            if (merge.length() == text.length() + 1
                    && space > 0
                    && text.startsWith(merge.substring(0, space))
                    && text.endsWith(merge.substring(space + 1))) {
                return true;
            }
        }
        return false;
    }

    /** GGUF does not say which tokens swallow white space; llama.cpp goes by names, so do we. */
    private Stripping stripping() {
        Stripping stripping = new Stripping(new BitSet(), new BitSet());
        String preTokenizer = metadata.findString(TokenizerKeys.PRE_TOKENIZER).orElse("");
        String architecture = metadata.findString(TokenizerKeys.ARCHITECTURE).orElse("");
        String modelName =
                metadata.findString(TokenizerKeys.MODEL_NAME).orElse("").toLowerCase(Locale.ROOT);
        if (MASK_STRIPPING_PRE_TOKENIZERS.contains(preTokenizer)
                || MASK_STRIPPING_ARCHITECTURES.contains(architecture)) {
            setIfPresent(stripping.before(), "<mask>");
        } else if (STRIPPING_PHI_NAMES.stream().anyMatch(modelName::contains)) {
            for (int id = 0; id < kinds.length; id++) {
                boolean isMark = kinds[id].isHidden() || kinds[id] == TokenKind.USER_DEFINED;
                stripping.after().set(id, isMark && !UNSTRIPPED_PHI_TOKENS.contains(texts[id]));
            }
            setIfPresent(stripping.after(), "</s>");
        } else if (modelName.contains("modern-bert")) {
            setIfPresent(stripping.before(), "[MASK]");
        }
        return stripping;
    }

    private void setIfPresent(BitSet ids, String text) {
        int id = table.find(text);
        if (id >= 0) {
            ids.set(id);
        }
    }

    private GgufFormatException damaged(String key, String problem) {
        return new GgufFormatException(metadata.fileName() + ": metadata '" + key + "' " + problem);
    }
}
