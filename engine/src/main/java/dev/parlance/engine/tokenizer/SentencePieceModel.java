package dev.parlance.engine.tokenizer;

import dev.parlance.engine.tokenizer.SymbolChain.PairRule;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * SentencePiece's byte-pair encoding: neighbours are merged where together they are a token, the
 * token with the highest score first.
 *
 * <p>Spaces are written U+2581, and a text gets one in front. Characters without a token become
 * {@code <0xXX>} tokens. Source: SentencePiece, bpe_model.cc; llama.cpp, {@code
 * llm_tokenizer_spm_session}.
 */
final class SentencePieceModel implements SubwordModel {
    private final GgufVocabulary vocabulary;
    private final boolean addsSpacePrefix;

    /** The place of each token's score among all scores, highest first; equal scores are equal. */
    private final int[] ranks;

    SentencePieceModel(GgufVocabulary vocabulary, boolean addsSpacePrefix) {
        this.vocabulary = vocabulary;
        this.addsSpacePrefix = addsSpacePrefix;
        ranks = ranks(vocabulary);
    }

    private static int[] ranks(GgufVocabulary vocabulary) {
        float[] scores = new float[vocabulary.size()];
        for (int id = 0; id < scores.length; id++) {
            // Adding zero makes -0 and 0 the same score.
            scores[id] = vocabulary.score(id) + 0f;
        }
        float[] sorted = scores.clone();
        Arrays.sort(sorted);
        int distinct = 0;
        for (int i = 0; i < sorted.length; i++) {
            if (i == 0 || sorted[i] != sorted[i - 1]) {
                sorted[distinct++] = sorted[i];
            }
        }
        int[] ranks = new int[scores.length];
        for (int id = 0; id < ranks.length; id++) {
            ranks[id] = distinct - 1 - Arrays.binarySearch(sorted, 0, distinct, scores[id]);
        }
        return ranks;
    }

    @Override
    public void encode(String text, IntList ids) {
        String prefixed = addsSpacePrefix ? " " + text : text;
        char[] characters = prefixed.replace(' ', BytePairModel.SPACE_MARK).toCharArray();
        SymbolChain chain = new SymbolChain(rule(characters));
        int start = 0;
        while (start < characters.length) {
            int end = start + Character.charCount(Character.codePointAt(characters, start));
            chain.add(vocabulary.findTextId(characters, start, end), start, end);
            start = end;
        }
        chain.merge();
        for (int symbol = chain.first(); symbol >= 0; symbol = chain.next(symbol)) {
            if (chain.id(symbol) >= 0) {
                ids.add(chain.id(symbol));
            } else {
                ByteFallback.append(
                        vocabulary, characters, chain.start(symbol), chain.end(symbol), ids);
            }
        }
    }

    private PairRule rule(char[] characters) {
        return (chain, left, right) -> {
            int id = vocabulary.findTextId(characters, chain.start(left), chain.end(right));
            return id < 0 ? -1 : (long) ranks[id] << 32 | id;
        };
    }

    @Override
    public byte[] bytes(int tokenId) {
        return pieceBytes(vocabulary, tokenId);
    }

    /** The bytes of a piece: a single byte, or its text with spaces instead of space marks. */
    static byte[] pieceBytes(GgufVocabulary vocabulary, int tokenId) {
        int value = vocabulary.byteValue(tokenId);
        if (value >= 0) {
            return new byte[] {(byte) value};
        }
        String text = vocabulary.text(tokenId).replace(BytePairModel.SPACE_MARK, ' ');
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean prefixesSpace() {
        return addsSpacePrefix;
    }
}
