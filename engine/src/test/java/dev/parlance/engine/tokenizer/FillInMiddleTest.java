package dev.parlance.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Optional;

class FillInMiddleTest {
    private static TestVocabulary abc() {
        return TestVocabulary.byteLevel("gpt-2").token("pre").token("suf").token("mid");
    }

    private static Optional<FillInMiddle> read(TestVocabulary vocabulary) {
        return vocabulary.tokenizer().vocabulary().fillInMiddle();
    }

    @ParameterizedTest
    @CsvSource({
        "<|fim_prefix|>, <|fim_suffix|>, <|fim_middle|>",
        "<fim_prefix>, <fim_suffix>, <fim_middle>",
        "▁<PRE>, ▁<SUF>, ▁<MID>"
    })
    void marksAreFoundByTheirNames(String prefix, String suffix, String middle) {
        TestVocabulary vocabulary =
                TestVocabulary.byteLevel("gpt-2").token(prefix).token(suffix).token(middle);
        assertThat(read(vocabulary)).contains(new FillInMiddle(256, 257, 258));
        assertThat(vocabulary.tokenizer().vocabulary().isSpecial(257)).isTrue();
    }

    @Test
    void keysOfTheFileSayWhichTokensTheyAre() {
        TestVocabulary vocabulary =
                abc().with(TokenizerKeys.FILL_PREFIX_ID, 256)
                        .with(TokenizerKeys.FILL_SUFFIX_ID, 257)
                        .with(TokenizerKeys.OLD_FILL_MIDDLE_ID, 258);
        assertThat(read(vocabulary)).contains(new FillInMiddle(256, 257, 258));
        assertThat(vocabulary.tokenizer().encode(PromptText.plain("pre"))).hasSize(3);
    }

    @Test
    void aModelWithoutAllThreeHasNone() {
        assertThat(read(abc())).isEmpty();
        assertThat(read(abc().with(TokenizerKeys.FILL_PREFIX_ID, 256))).isEmpty();
    }

    @Test
    void thePromptIsPrefixSuffixMiddleBehindBos() {
        FillInMiddle marks = new FillInMiddle(7, 8, 9);
        assertThat(marks.prompt(new int[] {1, 2}, new int[] {3}, 1))
                .containsExactly(1, 7, 2, 8, 3, 9);
        assertThat(marks.prompt(new int[] {2}, new int[0], 1)).containsExactly(7, 2, 8, 9);
        assertThat(marks.prompt(new int[0], new int[] {3}, -1)).containsExactly(7, 8, 3, 9);
    }
}
