package dev.parlance.engine.tokenizer;

import java.util.BitSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A model's vocabulary as its file has it, checked by {@link VocabularyReader}.
 *
 * <p>Ids that a model does not have are -1. Threads: safe.
 */
final class GgufVocabulary implements Vocabulary {
    /** The ids of the tokens that mean something to the tokenizer. */
    record SpecialIds(int bos, int eos, int unknown, int separator) {}

    /** What is stripped from the text beside a special token: white space before it, after it. */
    record Stripping(BitSet before, BitSet after) {}

    private static final int BYTE_COUNT = 256;

    private final String[] texts;
    private final TokenKind[] kinds;
    private final float[] scores;
    private final TokenTable table;
    private final SpecialIds specialIds;
    private final Set<Integer> endOfGeneration;
    private final Optional<FillInMiddle> fillInMiddle;
    private final Stripping stripping;
    private final int[] byteIds;

    GgufVocabulary(
            String[] texts,
            TokenKind[] kinds,
            float[] scores,
            TokenTable table,
            SpecialIds specialIds,
            Set<Integer> endOfGeneration,
            Optional<FillInMiddle> fillInMiddle,
            Stripping stripping) {
        this.texts = texts;
        this.kinds = kinds;
        this.scores = scores;
        this.table = table;
        this.specialIds = specialIds;
        this.endOfGeneration = Set.copyOf(endOfGeneration);
        this.fillInMiddle = fillInMiddle;
        this.stripping = stripping;
        this.byteIds = findByteIds();
    }

    private int[] findByteIds() {
        int[] ids = new int[BYTE_COUNT];
        for (int value = 0; value < BYTE_COUNT; value++) {
            int id = table.find(byteText(value));
            ids[value] = id >= 0 && !kinds[id].isHidden() ? id : -1;
        }
        return ids;
    }

    private static String byteText(int value) {
        return String.format("<0x%02X>", value);
    }

    @Override
    public int size() {
        return texts.length;
    }

    @Override
    public String text(int tokenId) {
        return texts[checked(tokenId)];
    }

    @Override
    public OptionalInt findId(String text) {
        return optional(table.find(text));
    }

    @Override
    public boolean isSpecial(int tokenId) {
        return kinds[checked(tokenId)] == TokenKind.CONTROL;
    }

    @Override
    public OptionalInt bos() {
        return optional(specialIds.bos);
    }

    @Override
    public OptionalInt eos() {
        return optional(specialIds.eos);
    }

    @Override
    public Set<Integer> endOfGeneration() {
        return endOfGeneration;
    }

    @Override
    public Optional<FillInMiddle> fillInMiddle() {
        return fillInMiddle;
    }

    TokenKind kind(int tokenId) {
        return kinds[checked(tokenId)];
    }

    float score(int tokenId) {
        return scores[checked(tokenId)];
    }

    SpecialIds specialIds() {
        return specialIds;
    }

    boolean stripsBefore(int tokenId) {
        return stripping.before.get(tokenId);
    }

    boolean stripsAfter(int tokenId) {
        return stripping.after.get(tokenId);
    }

    /**
     * The id of the token that ordinary text is written with, or -1. Marks, unknowns and single
     * bytes are not found, so that no text can spell them.
     */
    int findTextId(char[] text, int start, int end) {
        int id = table.find(text, start, end);
        return id >= 0 && kinds[id].isText() && !isByteText(id) ? id : -1;
    }

    /** The id of the token that is written so, whatever its kind, or -1. */
    int findAnyId(char[] text, int start, int end) {
        return table.find(text, start, end);
    }

    /** Where token kinds are missing in the file, byte tokens are known by their texts. */
    private boolean isByteText(int id) {
        return byteValue(id) >= 0;
    }

    /** The id of the token {@code <0xXX>} for a byte (0 to 255), or -1. */
    int byteId(int value) {
        return byteIds[value];
    }

    /** The byte that a token {@code <0xXX>} stands for, or -1 for every other token. */
    int byteValue(int tokenId) {
        String text = texts[tokenId];
        if (text.length() != 6 || !text.startsWith("<0x") || text.charAt(5) != '>') {
            return -1;
        }
        int high = Character.digit(text.charAt(3), 16);
        int low = Character.digit(text.charAt(4), 16);
        boolean isByte = high >= 0 && low >= 0 && byteIds[high * 16 + low] == tokenId;
        return isByte ? high * 16 + low : -1;
    }

    private int checked(int tokenId) {
        if (tokenId < 0 || tokenId >= texts.length) {
            throw new IllegalArgumentException(
                    "token id must be between 0 and " + (texts.length - 1) + ", got " + tokenId);
        }
        return tokenId;
    }

    private static OptionalInt optional(int id) {
        return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
    }
}
