package dev.parlance.engine.tokenizer;

import dev.parlance.engine.gguf.GgufFormatException;
import dev.parlance.engine.gguf.GgufMetadata;
import dev.parlance.engine.gguf.UnsupportedModelException;
import dev.parlance.engine.tokenizer.GgufVocabulary.SpecialIds;
import dev.parlance.engine.tokenizer.ModelTokenizer.Ends;
import dev.parlance.engine.tokenizer.PreTokenizer.Trait;
import dev.parlance.engine.tokenizer.UnigramModel.Normalization;

import java.util.Optional;

/**
 * Makes the tokenizer that a file's metadata describes.
 *
 * <p>Works on files that hold a vocabulary and no weights. What the file does not say is taken as
 * llama.cpp takes it. Source of the defaults: llama.cpp, llama-vocab.cpp, {@code
 * llama_vocab::impl::load}.
 */
public final class Tokenizers {
    private static final int NONE = -1;
    private static final String GEMMA_4 = "gemma4";

    private Tokenizers() {}

    /**
     * The tokenizer of a file.
     *
     * @param preTokenizerName the pre-tokenizer to use instead of the one that the file names;
     *     empty for the file's own
     * @throws UnsupportedModelException if the kind of vocabulary or the pre-tokenizer is unknown;
     *     the message lists the known ones
     * @throws GgufFormatException if the metadata is damaged; the message names file and key
     */
    public static Tokenizer load(GgufMetadata metadata, Optional<String> preTokenizerName) {
        String model = metadata.string(TokenizerKeys.MODEL);
        boolean isBytePair = model.equals("gpt2") || model.equals(GEMMA_4);
        if (preTokenizerName.isPresent() && !isBytePair) {
            throw new UnsupportedModelException(
                    metadata.fileName()
                            + ": metadata '"
                            + TokenizerKeys.MODEL
                            + "' is '"
                            + model
                            + "', which has no pre-tokenizer; leave out --pre-tokenizer "
                            + preTokenizerName.get());
        }
        return switch (model) {
            case "gpt2" -> bytePair(metadata, preTokenizerName, new SpecialIds(11, 11, NONE, NONE));
            case GEMMA_4 ->
                    bytePair(
                            metadata,
                            Optional.of(preTokenizerName.orElse(GEMMA_4)),
                            new SpecialIds(NONE, NONE, NONE, NONE));
            case "llama" -> sentencePiece(metadata);
            case "t5" -> unigram(metadata);
            case "bert" -> wordPiece(metadata);
            default ->
                    throw new UnsupportedModelException(
                            metadata.fileName()
                                    + ": metadata '"
                                    + TokenizerKeys.MODEL
                                    + "' is '"
                                    + model
                                    + "'; known vocabularies are bert, gemma4, gpt2, llama, t5");
        };
    }

    private static Tokenizer bytePair(
            GgufMetadata metadata, Optional<String> overridingName, SpecialIds defaults) {
        String name =
                overridingName
                        .or(() -> metadata.findString(TokenizerKeys.PRE_TOKENIZER))
                        .filter(found -> !found.isEmpty())
                        .orElse(PreTokenizer.DEFAULT_NAME);
        PreTokenizer preTokenizer =
                PreTokenizer.find(name)
                        .orElseThrow(() -> unknownPreTokenizer(metadata, name, overridingName));
        GgufVocabulary vocabulary = VocabularyReader.read(metadata, defaults);
        MergeTable merges =
                MergeReader.read(metadata, vocabulary, preTokenizer.has(Trait.RANKED_BY_ID));
        boolean composes =
                metadata.findBoolean(TokenizerKeys.COMPOSE)
                        .orElse(preTokenizer.has(Trait.COMPOSED));
        boolean addsBos =
                preTokenizer.has(Trait.ALWAYS_ADDS_BOS)
                        || flag(metadata, TokenizerKeys.ADD_BOS, preTokenizer.has(Trait.ADDS_BOS));
        boolean addsEos = flag(metadata, TokenizerKeys.ADD_EOS, false);
        return tokenizer(
                metadata,
                vocabulary,
                new BytePairModel(vocabulary, merges, preTokenizer, composes),
                new Ends(addsBos, addsEos, false));
    }

    private static UnsupportedModelException unknownPreTokenizer(
            GgufMetadata metadata, String name, Optional<String> overridingName) {
        String found =
                overridingName.isPresent()
                        ? "--pre-tokenizer is '" + name + "'"
                        : "metadata '" + TokenizerKeys.PRE_TOKENIZER + "' is '" + name + "'";
        return new UnsupportedModelException(
                metadata.fileName()
                        + ": "
                        + found
                        + ", which is not known here; known are "
                        + String.join(", ", PreTokenizer.names())
                        + "; --pre-tokenizer NAME overrides what the file says");
    }

    private static Tokenizer sentencePiece(GgufMetadata metadata) {
        GgufVocabulary vocabulary = VocabularyReader.read(metadata, new SpecialIds(1, 2, 0, NONE));
        boolean addsSpacePrefix = flag(metadata, TokenizerKeys.ADD_SPACE_PREFIX, true);
        Ends ends =
                new Ends(
                        flag(metadata, TokenizerKeys.ADD_BOS, true),
                        flag(metadata, TokenizerKeys.ADD_EOS, false),
                        false);
        return tokenizer(
                metadata, vocabulary, new SentencePieceModel(vocabulary, addsSpacePrefix), ends);
    }

    private static Tokenizer unigram(GgufMetadata metadata) {
        GgufVocabulary vocabulary =
                VocabularyReader.read(metadata, new SpecialIds(NONE, 1, 2, NONE));
        String source = metadata.fileName() + ": metadata '" + TokenizerKeys.CHARACTER_MAP + "'";
        CharacterMap map =
                metadata.findIntegers(TokenizerKeys.CHARACTER_MAP)
                        .filter(values -> values.length > 0)
                        .map(values -> CharacterMap.parse(values, source))
                        .orElse(CharacterMap.IDENTITY);
        Normalization normalization =
                new Normalization(
                        map,
                        flag(metadata, TokenizerKeys.REMOVE_EXTRA_SPACES, false),
                        flag(metadata, TokenizerKeys.ADD_SPACE_PREFIX, true));
        Ends ends =
                new Ends(
                        flag(metadata, TokenizerKeys.ADD_BOS, false),
                        flag(metadata, TokenizerKeys.ADD_EOS, true),
                        false);
        return tokenizer(metadata, vocabulary, new UnigramModel(vocabulary, normalization), ends);
    }

    private static Tokenizer wordPiece(GgufMetadata metadata) {
        GgufVocabulary vocabulary =
                VocabularyReader.read(metadata, new SpecialIds(101, NONE, 100, 102));
        boolean lowercase = flag(metadata, TokenizerKeys.LOWERCASE, true);
        boolean stripsAccents = flag(metadata, TokenizerKeys.STRIP_ACCENTS, lowercase);
        Ends ends =
                new Ends(
                        flag(metadata, TokenizerKeys.ADD_BOS, true),
                        flag(metadata, TokenizerKeys.ADD_EOS, false),
                        flag(metadata, TokenizerKeys.ADD_SEPARATOR, true));
        return tokenizer(
                metadata,
                vocabulary,
                new WordPieceModel(vocabulary, new BertWords(lowercase, stripsAccents)),
                ends);
    }

    private static boolean flag(GgufMetadata metadata, String key, boolean fallback) {
        return metadata.findBoolean(key).orElse(fallback);
    }

    private static Tokenizer tokenizer(
            GgufMetadata metadata, GgufVocabulary vocabulary, SubwordModel model, Ends ends) {
        SpecialIds ids = vocabulary.specialIds();
        require(metadata, ends.addsBos(), ids.bos(), TokenizerKeys.ADD_BOS, TokenizerKeys.BOS_ID);
        require(metadata, ends.addsEos(), ids.eos(), TokenizerKeys.ADD_EOS, TokenizerKeys.EOS_ID);
        require(
                metadata,
                ends.addsSeparator(),
                ids.separator(),
                TokenizerKeys.ADD_SEPARATOR,
                TokenizerKeys.SEPARATOR_ID);
        return new ModelTokenizer(vocabulary, model, ends);
    }

    private static void require(
            GgufMetadata metadata, boolean isAdded, int id, String flagKey, String idKey) {
        if (isAdded && id < 0) {
            throw new GgufFormatException(
                    metadata.fileName()
                            + ": metadata '"
                            + flagKey
                            + "' is true, but '"
                            + idKey
                            + "' is missing");
        }
    }
}
