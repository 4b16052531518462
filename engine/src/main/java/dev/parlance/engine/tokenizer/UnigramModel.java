package dev.parlance.engine.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * SentencePiece's unigram model: of all ways to write a text with tokens, the one whose scores sum
 * up highest, found by Viterbi's algorithm.
 *
 * <p>Text is normalised first: by the file's character map, by taking runs of spaces together where
 * the file says so, and with a space in front where it says so. A character without a token counts
 * as unknown, at ten below the lowest score. Cost: linear in the text, times the longest token at
 * worst. Source: SentencePiece, unigram_model.cc {@code EncodeOptimized}; llama.cpp, {@code
 * llm_tokenizer_ugm_session}.
 */
final class UnigramModel implements SubwordModel {
    private static final float UNKNOWN_PENALTY = 10;
    private static final int UNKNOWN = -1;

    /** What is done to text before it is cut. */
    record Normalization(CharacterMap map, boolean mergesSpaces, boolean addsSpacePrefix) {}

    private final GgufVocabulary vocabulary;
    private final Normalization normalization;
    private final TokenTrie trie;
    private final double unknownScore;

    UnigramModel(GgufVocabulary vocabulary, Normalization normalization) {
        this.vocabulary = vocabulary;
        this.normalization = normalization;
        List<TokenTrie.Entry> entries = new ArrayList<>();
        float lowest = Float.MAX_VALUE;
        for (int id = 0; id < vocabulary.size(); id++) {
            TokenKind kind = vocabulary.kind(id);
            if (kind.isText() && vocabulary.byteValue(id) < 0) {
                entries.add(new TokenTrie.Entry(vocabulary.text(id), id));
            }
            if (kind == TokenKind.NORMAL) {
                lowest = Math.min(lowest, vocabulary.score(id));
            }
        }
        trie = TokenTrie.of(entries);
        unknownScore = lowest - UNKNOWN_PENALTY;
    }

    @Override
    public void encode(String text, IntList ids) {
        char[] characters = normalize(text).toCharArray();
        int length = characters.length;
        double[] scores = new double[length + 1];
        Arrays.fill(scores, 1, length + 1, Double.NEGATIVE_INFINITY);
        int[] starts = new int[length + 1];
        int[] tokens = new int[length + 1];
        int start = 0;
        while (start < length) {
            int next = start + Character.charCount(Character.codePointAt(characters, start));
            boolean coversCharacter = false;
            int node = TokenTrie.ROOT;
            for (int end = start + 1; end <= length; end++) {
                node = trie.child(node, characters[end - 1]);
                if (node == TokenTrie.NONE) {
                    break;
                }
                int id = trie.id(node);
                if (id >= 0) {
                    coversCharacter |= end == next;
                    relax(scores, starts, tokens, start, end, id, score(id));
                }
            }
            if (!coversCharacter) {
                relax(scores, starts, tokens, start, next, UNKNOWN, unknownScore);
            }
            start = next;
        }
        append(characters, starts, tokens, ids);
    }

    private static void relax(
            double[] scores,
            int[] starts,
            int[] tokens,
            int start,
            int end,
            int id,
            double tokenScore) {
        double score = scores[start] + tokenScore;
        if (score > scores[end]) {
            scores[end] = score;
            starts[end] = start;
            tokens[end] = id;
        }
    }

    /** A user-defined token is never dearer than another way to write it. */
    private double score(int id) {
        return vocabulary.kind(id) == TokenKind.USER_DEFINED ? 0 : vocabulary.score(id);
    }

    private void append(char[] characters, int[] starts, int[] tokens, IntList ids) {
        IntList ends = new IntList();
        for (int end = characters.length; end > 0; end = starts[end]) {
            ends.add(end);
        }
        for (int i = ends.size() - 1; i >= 0; i--) {
            int end = ends.get(i);
            if (tokens[end] == UNKNOWN) {
                ByteFallback.append(vocabulary, characters, starts[end], end, ids);
            } else {
                ids.add(tokens[end]);
            }
        }
    }

    private String normalize(String text) {
        String mapped = normalization.map.apply(text);
        StringBuilder normalized = new StringBuilder(mapped.length() + 1);
        boolean isFirstWord = true;
        boolean isInWord = false;
        for (int i = 0; i < mapped.length(); i++) {
            char character = mapped.charAt(i);
            if (character == ' ') {
                isInWord = false;
                if (!normalization.mergesSpaces) {
                    normalized.append(BytePairModel.SPACE_MARK);
                }
                continue;
            }
            boolean isSpaceDue =
                    isFirstWord ? normalization.addsSpacePrefix : normalization.mergesSpaces;
            if (!isInWord && isSpaceDue) {
                normalized.append(BytePairModel.SPACE_MARK);
            }
            isFirstWord = false;
            isInWord = true;
            normalized.append(character);
        }
        return normalized.toString();
    }

    @Override
    public byte[] bytes(int tokenId) {
        return SentencePieceModel.pieceBytes(vocabulary, tokenId);
    }

    @Override
    public boolean prefixesSpace() {
        return normalization.addsSpacePrefix;
    }
}
