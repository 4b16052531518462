package dev.parlance.engine.chat.template.value;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Random;

class TextTest {
    /** A text as one letter a character: upper case trusted, lower case untrusted. */
    private static Text text(String letters) {
        TextBuilder out = new TextBuilder();
        letters.chars().forEach(c -> out.append("" + (char) c, Character.isUpperCase(c)));
        return out.build();
    }

    /** Checks that the marks fit the letters. */
    private static void checkMarks(Text text) {
        text.forEachRun((run, trusted) ->
                assertThat(run.chars().allMatch(c -> Character.isUpperCase(c) == (trusted == 1)))
                        .as("marks of " + text)
                        .isTrue());
    }

    private static String letters(Random random, int length) {
        StringBuilder letters = new StringBuilder();
        for (int i = 0; i < length; i++) {
            letters.append("aAbB".charAt(random.nextInt(4)));
        }
        return letters.toString();
    }

    @Test
    void everySliceKeepsItsMarks() {
        Random random = new Random(1);
        for (int i = 0; i < 200; i++) {
            String letters = letters(random, random.nextInt(12));
            Text text = text(letters);
            checkMarks(text);
            for (int from = 0; from <= letters.length(); from++) {
                for (int to = from; to <= letters.length(); to++) {
                    Text slice = text.slice(from, to);
                    assertThat(slice.chars()).isEqualTo(letters.substring(from, to));
                    checkMarks(slice);
                    checkMarks(slice.plus(text));
                    checkMarks(text.plus(slice).slice(from));
                }
            }
        }
    }

    @Test
    void splittingReplacingAndJoiningKeepMarks() {
        Random random = new Random(2);
        for (int i = 0; i < 500; i++) {
            String letters = letters(random, random.nextInt(20));
            Text text = text(letters);
            String part = letters(random, 1 + random.nextInt(2));
            List<Value> parts = TextOperations.split(text, text(part), -1);
            parts.forEach(value -> checkMarks((Text) value));
            Text joined = TextOperations.join(text(part), parts.iterator());
            assertThat(joined.chars()).isEqualTo(letters);
            checkMarks(joined);
            Text replaced = TextOperations.replace(text, text(part), text("Xy"), -1);
            assertThat(replaced.chars()).isEqualTo(letters.replace(part, "Xy"));
            checkMarks(replaced);
        }
    }

    @Test
    void aTextIsTrustedOnlyIfAllOfItIs() {
        assertThat(text("AB").isTrusted()).isTrue();
        assertThat(text("Ab").isTrusted()).isFalse();
        assertThat(text("aB").isTrusted()).isFalse();
        assertThat(Text.EMPTY.isTrusted()).isTrue();
        assertThat(Repr.repr(ListValue.of(List.of(text("AB"), text("a")))).isTrusted()).isFalse();
        assertThat(Repr.repr(ListValue.of(List.of(text("AB"), IntegerValue.of(1)))).isTrusted())
                .isTrue();
    }

    @Test
    void countsCodePoints() {
        Text text = Text.trusted("a\ud83c\udf89b");
        assertThat(text.codePointCount()).isEqualTo(3);
        assertThat(text.offsetOf(2)).isEqualTo(3);
        assertThat(text.codePointIndexOf(3)).isEqualTo(2);
    }

    @Test
    void ordersByCodePoint() {
        Text last = Text.trusted("\ud83c\udf89");
        assertThat(last)
                .isGreaterThan(Text.trusted("\uffee"))
                .isGreaterThan(Text.trusted("\uac00"));
        assertThat(Text.trusted("ab"))
                .isGreaterThan(Text.trusted("a"))
                .isLessThan(Text.trusted("b"));
    }

    @Test
    void marksDoNotMatterForEquality() {
        assertThat(Text.trusted("a"))
                .isEqualTo(Text.untrusted("a"))
                .hasSameHashCodeAs(Text.untrusted("a"));
    }

    @Test
    void longSearchesFindWhatShortOnesFind() {
        Random random = new Random(3);
        String unit = "ab".repeat(4_000);
        for (int i = 0; i < 20; i++) {
            String part = unit + letters(random, 3);
            String text =
                    "ab".repeat(random.nextInt(2_000)) + part + "ab".repeat(random.nextInt(900));
            assertThat(Search.indexOf(text, part, 0)).isEqualTo(text.indexOf(part));
            assertThat(Search.lastIndexOf(text, part, text.length()))
                    .isEqualTo(text.lastIndexOf(part));
            assertThat(Search.indexOf(text, part + "x", 0)).isEqualTo(-1);
            assertThat(Search.lastIndexOf(text, "x" + part, text.length())).isEqualTo(-1);
        }
    }
}
