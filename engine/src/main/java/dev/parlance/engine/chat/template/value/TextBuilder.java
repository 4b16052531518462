package dev.parlance.engine.chat.template.value;

import java.util.Arrays;

/**
 * Collects text with its marks.
 *
 * <p>Threads: one at a time. Errors: {@link JinjaException} beyond {@link Limits#MAX_TEXT_CHARS}.
 */
public final class TextBuilder {
    private final StringBuilder chars = new StringBuilder();
    private int[] flips = {};
    private int flipCount;
    private boolean firstTrusted;
    private boolean lastTrusted;

    public int length() {
        return chars.length();
    }

    /** Whether the last character written is this one. */
    public boolean endsWith(char last) {
        return !chars.isEmpty() && chars.charAt(chars.length() - 1) == last;
    }

    public TextBuilder append(String piece, boolean trusted) {
        if (piece.isEmpty()) {
            return this;
        }
        Limits.checkTextChars((long) chars.length() + piece.length());
        turn(trusted);
        chars.append(piece);
        return this;
    }

    private void turn(boolean trusted) {
        if (chars.isEmpty()) {
            firstTrusted = trusted;
        } else if (trusted != lastTrusted) {
            if (flipCount == flips.length) {
                flips = Arrays.copyOf(flips, Math.max(8, flipCount * 2));
            }
            flips[flipCount++] = chars.length();
        }
        lastTrusted = trusted;
    }

    public TextBuilder append(Text piece) {
        piece.forEachRun((run, trusted) -> append(run, trusted == 1));
        return this;
    }

    /** A part of a text, by offsets. */
    public TextBuilder append(Text piece, int from, int to) {
        return from < to ? append(piece.slice(from, to)) : this;
    }

    /** A text several times over. */
    public TextBuilder repeat(Text piece, int times) {
        Limits.checkTextChars(chars.length() + (long) piece.length() * Math.max(0, times));
        if (piece.isTrusted() && !piece.isEmpty() && times > 0) {
            return append(piece.chars().repeat(times), true);
        }
        for (int i = 0; i < times && !piece.isEmpty(); i++) {
            append(piece);
        }
        return this;
    }

    /** Everything so far, as plain text. */
    public Text build() {
        if (chars.isEmpty()) {
            return Text.EMPTY;
        }
        return Text.marked(chars.toString(), firstTrusted, Arrays.copyOf(flips, flipCount), false);
    }
}
