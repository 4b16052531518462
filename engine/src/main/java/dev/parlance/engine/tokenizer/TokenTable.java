package dev.parlance.engine.tokenizer;

/**
 * Finds the id of a token by its text, given as a slice of characters.
 *
 * <p>Open addressing with linear probing, at most half full. Threads: safe. Cost: a look-up is
 * linear in the slice's length and allocates nothing; slices longer than the longest token are
 * answered at once.
 */
final class TokenTable {
    private final String[] texts;
    private final int[] slots;
    private final int mask;
    private final int longest;

    private TokenTable(String[] texts, int[] slots, int longest) {
        this.texts = texts;
        this.slots = slots;
        this.mask = slots.length - 1;
        this.longest = longest;
    }

    /** Receives the two ids of a text that is there twice. */
    interface DuplicateHandler {
        RuntimeException duplicate(int firstId, int secondId);
    }

    static TokenTable of(String[] texts, DuplicateHandler duplicates) {
        int capacity = Integer.highestOneBit(Math.max(4, texts.length) * 2 - 1) * 2;
        TokenTable table = new TokenTable(texts, new int[capacity], longest(texts));
        for (int id = 0; id < texts.length; id++) {
            char[] text = texts[id].toCharArray();
            int slot = table.slot(text, 0, text.length);
            if (table.slots[slot] != 0) {
                throw duplicates.duplicate(table.slots[slot] - 1, id);
            }
            table.slots[slot] = id + 1;
        }
        return table;
    }

    private static int longest(String[] texts) {
        int longest = 0;
        for (String text : texts) {
            longest = Math.max(longest, text.length());
        }
        return longest;
    }

    /** The id of the token that is written so, or -1. */
    int find(char[] text, int start, int end) {
        return end - start > longest ? -1 : slots[slot(text, start, end)] - 1;
    }

    /** The id of the token that is written so, or -1. */
    int find(String text) {
        return find(text.toCharArray(), 0, text.length());
    }

    private int slot(char[] text, int start, int end) {
        int hash = 0;
        for (int i = start; i < end; i++) {
            hash = hash * 31 + text[i];
        }
        hash *= 0x9E3779B9;
        int slot = (hash ^ (hash >>> 15)) & mask;
        while (slots[slot] != 0 && !matches(texts[slots[slot] - 1], text, start, end)) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private static boolean matches(String token, char[] text, int start, int end) {
        if (token.length() != end - start) {
            return false;
        }
        for (int i = start; i < end; i++) {
            if (token.charAt(i - start) != text[i]) {
                return false;
            }
        }
        return true;
    }
}
