package dev.parlance.engine.generation;

import java.util.List;
import java.util.Optional;

/**
 * Looks for stop sequences in text that comes in pieces, and lets through what certainly stands
 * before one.
 *
 * <p>The match that ends first wins; of those that end at the same character, the longest. The end
 * of the text is held back as long as it could be the beginning of a stop sequence. How the text is
 * cut into pieces changes nothing. Threads: one at a time. Cost: linear in the text, times the
 * number of sequences.
 */
final class StopSequenceMatcher {
    private final String[] stops;
    private final int[][] borders;
    private final int[] matched;
    private final StringBuilder held = new StringBuilder();
    private Optional<String> found = Optional.empty();

    /**
     * @throws IllegalArgumentException if a stop sequence is empty
     */
    StopSequenceMatcher(List<String> stopSequences) {
        stops = stopSequences.toArray(String[]::new);
        borders = new int[stops.length][];
        matched = new int[stops.length];
        for (int i = 0; i < stops.length; i++) {
            if (stops[i].isEmpty()) {
                throw new IllegalArgumentException(
                        "stop sequences must not be empty; number " + i + " is");
            }
            borders[i] = borders(stops[i]);
        }
    }

    /** Per prefix of the text, the length of its longest border (Knuth, Morris, Pratt 1977). */
    private static int[] borders(String text) {
        int[] borders = new int[text.length()];
        int border = 0;
        for (int i = 1; i < text.length(); i++) {
            while (border > 0 && text.charAt(i) != text.charAt(border)) {
                border = borders[border - 1];
            }
            if (text.charAt(i) == text.charAt(border)) {
                border++;
            }
            borders[i] = border;
        }
        return borders;
    }

    /** Takes more text and gives what may be shown; after a match, nothing more. */
    String accept(String piece) {
        if (found.isPresent()) {
            return "";
        }
        if (stops.length == 0) {
            return piece;
        }
        int longestPrefix = 0;
        for (int i = 0; i < piece.length(); i++) {
            held.append(piece.charAt(i));
            longestPrefix = 0;
            for (int stop = 0; stop < stops.length; stop++) {
                longestPrefix = Math.max(longestPrefix, advance(stop, piece.charAt(i)));
            }
            if (found.isPresent()) {
                return held.substring(0, held.length() - found.get().length());
            }
        }
        if (piece.isEmpty()) {
            return "";
        }
        String safe = held.substring(0, held.length() - longestPrefix);
        held.delete(0, safe.length());
        return safe;
    }

    /** How much of the stop sequence the text ends with, after one more character. */
    private int advance(int stop, char next) {
        String text = stops[stop];
        int length = matched[stop];
        while (length > 0 && text.charAt(length) != next) {
            length = borders[stop][length - 1];
        }
        if (text.charAt(length) == next) {
            length++;
        }
        if (length == text.length()) {
            if (found.isEmpty() || found.get().length() < length) {
                found = Optional.of(text);
            }
        } else {
            matched[stop] = length;
        }
        return length;
    }

    /** The stop sequence that was met. */
    Optional<String> found() {
        return found;
    }

    /** The text that was held back, when no more comes; nothing after a match. */
    String finish() {
        if (found.isPresent()) {
            return "";
        }
        String rest = held.toString();
        held.setLength(0);
        return rest;
    }
}
