package dev.parlance.app.synthetic;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * A byte-level BPE vocabulary of any size: the 256 bytes, then pairs of bytes, pairs with a third
 * byte, and at the end two tokens that begin and end a text.
 *
 * <p>Every token can be reached by merges, so a file with it is as much work to load as a real one.
 */
final class ByteVocabulary {
    static final int BYTES = 256;
    static final int MARKS = 2;
    static final int MIN_SIZE = BYTES + MARKS;

    private static final int NORMAL = 1;
    private static final int CONTROL = 3;

    private final List<String> tokens = new ArrayList<>();
    private final List<String> merges = new ArrayList<>();

    ByteVocabulary(int size) {
        int texts = size - MARKS;
        for (int b = 0, next = 256; b < BYTES; b++) {
            // GPT-2's alphabet: printable Latin-1 as it is, the others from U+0100 on.
            boolean printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
            tokens.add(String.valueOf((char) (printable ? b : next++)));
        }
        // A token of n bytes is one of n - 1 and a byte.
        for (int left = 0; tokens.size() < texts; left++) {
            for (int right = 0; right < BYTES && tokens.size() < texts; right++) {
                tokens.add(tokens.get(left) + tokens.get(right));
                merges.add(tokens.get(left) + " " + tokens.get(right));
            }
        }
        tokens.add("<|begin_of_text|>");
        tokens.add("<|end_of_text|>");
    }

    List<String> tokens() {
        return tokens;
    }

    List<String> merges() {
        return merges;
    }

    /** The kind of every token, as {@code tokenizer.ggml.token_type} has it. */
    long[] kinds() {
        return LongStream.range(0, tokens.size())
                .map(id -> id < tokens.size() - MARKS ? NORMAL : CONTROL)
                .toArray();
    }

    int beginId() {
        return tokens.size() - 2;
    }

    int endId() {
        return tokens.size() - 1;
    }
}
