package dev.parlance.engine.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

class StopSequenceMatcherTest {
    @Test
    void textBeforeTheStopSequenceIsLetThrough() {
        StopSequenceMatcher matcher = new StopSequenceMatcher(List.of("STOP"));
        assertThat(matcher.accept("some ST")).isEqualTo("some ");
        assertThat(matcher.accept("ART ST")).isEqualTo("START ");
        assertThat(matcher.accept("OP and more")).isEmpty();
        assertThat(matcher.found()).contains("STOP");
        assertThat(matcher.accept("never shown")).isEmpty();
        assertThat(matcher.finish()).isEmpty();
    }

    @Test
    void whatWasHeldBackComesAtTheEnd() {
        StopSequenceMatcher matcher = new StopSequenceMatcher(List.of("\n\n"));
        assertThat(matcher.accept("line\n")).isEqualTo("line");
        assertThat(matcher.accept("")).isEmpty();
        assertThat(matcher.finish()).isEqualTo("\n");
        assertThat(matcher.found()).isEmpty();
    }

    @Test
    void theMatchThatEndsFirstWins() {
        assertThat(run(List.of("bcdef", "cd"), "abcdefg")).isEqualTo("ab|cd");
    }

    @Test
    void ofMatchesThatEndTogetherTheLongestWins() {
        assertThat(run(List.of("c", "bc", "abcd"), "xabc")).isEqualTo("xa|bc");
    }

    @Test
    void aBrokenOffMatchMayContainTheBeginningOfAnother() {
        assertThat(run(List.of("aab"), "aaaab")).isEqualTo("aa|aab");
        assertThat(run(List.of("abac", "ba"), "ababac")).isEqualTo("a|ba");
    }

    @Test
    void withoutStopSequencesEverythingPassesAtOnce() {
        StopSequenceMatcher matcher = new StopSequenceMatcher(List.of());
        assertThat(matcher.accept("text")).isEqualTo("text");
        assertThat(matcher.finish()).isEmpty();
    }

    @Test
    void anEmptyStopSequenceIsRefused() {
        assertThatThrownBy(() -> new StopSequenceMatcher(List.of("a", "")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("stop sequences must not be empty; number 1 is");
    }

    @Test
    void textCutAnyWayGivesWhatALookAtTheWholeGives() {
        for (int seed = 0; seed < 3000; seed++) {
            Random random = new Random(seed);
            List<String> stops = new ArrayList<>();
            for (int i = random.nextInt(4); i >= 0; i--) {
                stops.add(letters(random, 1 + random.nextInt(6)));
            }
            String text = letters(random, random.nextInt(40));
            StopSequenceMatcher matcher = new StopSequenceMatcher(stops);
            StringBuilder shown = new StringBuilder();
            int position = 0;
            while (position < text.length()) {
                int end = Math.min(text.length(), position + random.nextInt(5));
                shown.append(matcher.accept(text.substring(position, end)));
                position = end;
                assertThat(text).as("seed %d", seed).startsWith(shown);
                if (matcher.found().isEmpty()) {
                    assertThat(position - shown.length())
                            .as("held back, seed %d", seed)
                            .isEqualTo(longestBeginning(text.substring(0, position), stops));
                }
            }
            shown.append(matcher.finish());
            assertThat(shown + matcher.found().map(stop -> "|" + stop).orElse(""))
                    .as("seed %d, stops %s, text %s", seed, stops, text)
                    .isEqualTo(expected(stops, text));
        }
    }

    private static int longestBeginning(String text, List<String> stops) {
        int longest = 0;
        for (String stop : stops) {
            for (int length = 1; length < stop.length(); length++) {
                if (text.endsWith(stop.substring(0, length))) {
                    longest = Math.max(longest, length);
                }
            }
        }
        return longest;
    }

    /** The text before the first match and the match, by trying every end. */
    static String expected(List<String> stops, String text) {
        for (int end = 1; end <= text.length(); end++) {
            String before = text.substring(0, end);
            Optional<String> stop =
                    stops.stream()
                            .filter(before::endsWith)
                            .max((a, b) -> Integer.compare(a.length(), b.length()));
            if (stop.isPresent()) {
                return before.substring(0, end - stop.get().length()) + "|" + stop.get();
            }
        }
        return text;
    }

    private static String run(List<String> stops, String text) {
        StopSequenceMatcher matcher = new StopSequenceMatcher(stops);
        StringBuilder shown = new StringBuilder();
        text.chars().forEach(c -> shown.append(matcher.accept(String.valueOf((char) c))));
        shown.append(matcher.finish());
        return shown + "|" + matcher.found().orElse("");
    }

    private static String letters(Random random, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) ('a' + random.nextInt(3)));
        }
        return text.toString();
    }
}
