package dev.parlance.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;

class WordPieceModelTest {
    private static TestVocabulary vocabulary() {
        return TestVocabulary.of("bert")
                .token("[PAD]", TokenKind.CONTROL)
                .token("[UNK]", TokenKind.UNKNOWN)
                .token("[CLS]", TokenKind.CONTROL)
                .token("[SEP]", TokenKind.CONTROL)
                .with(TokenizerKeys.UNKNOWN_ID, 1)
                .with(TokenizerKeys.BOS_ID, 2)
                .with(TokenizerKeys.SEPARATOR_ID, 3);
    }

    private static TestVocabulary english() {
        return vocabulary()
                .token("\u2581play")
                .token("\u2581pl")
                .token("ing")
                .token("i")
                .token("\u2581cafe")
                .token("\u2581,")
                .token("\u2581!")
                .token("\u2581\u4e2d");
    }

    @Test
    void takesTheLongestTokensFromTheLeft() {
        assertThat(english().encode("playing pli"))
                .containsExactly("\u2581play", "ing", "\u2581pl", "i");
    }

    @Test
    void cutsAroundPunctuationAndChinese() {
        assertThat(english().encode("play,play!\u4e2dplay"))
                .containsExactly(
                        "\u2581play",
                        "\u2581,",
                        "\u2581play",
                        "\u2581!",
                        "\u2581\u4e2d",
                        "\u2581play");
    }

    @Test
    void lowersCaseAndStripsAccentsUnlessToldOtherwise() {
        assertThat(english().encode("Caf\u00c9 CAFE\u0301"))
                .containsExactly("\u2581cafe", "\u2581cafe");
        assertThat(english().with(TokenizerKeys.LOWERCASE, false).encode("Cafe cafe"))
                .containsExactly("[UNK]", "\u2581cafe");
        assertThat(english().with(TokenizerKeys.STRIP_ACCENTS, false).encode("caf\u00e9 CAFE"))
                .containsExactly("[UNK]", "\u2581cafe");
    }

    @Test
    void aWordThatCannotBeWrittenIsOneUnknown() {
        assertThat(english().encode("playx play")).containsExactly("[UNK]", "\u2581play");
    }

    @Test
    void aWordOfMoreThanAHundredCharactersIsUnknown() {
        TestVocabulary vocabulary = vocabulary().token("\u2581a").token("a");
        assertThat(vocabulary.encode("a".repeat(100))).hasSize(100).startsWith("\u2581a", "a");
        assertThat(vocabulary.encode("a".repeat(101))).containsExactly("[UNK]");
    }

    @Test
    void controlCharactersAreDropped() {
        assertThat(english().encode("pl\u0000ay\u200b\ufffd\u000bing\tplay"))
                .containsExactly("\u2581play", "ing", "\u2581play");
    }

    @Test
    void bertsOwnMarksAreUnderstoodToo() {
        TestVocabulary vocabulary = vocabulary().token("play").token("##ing").token("ing");
        Tokenizer tokenizer = vocabulary.tokenizer();
        int[] ids = tokenizer.encode(PromptText.plain("playing ing"));
        assertThat(vocabulary.texts(ids)).containsExactly("play", "##ing", "ing");
        assertThat(tokenizer.decode(ids, false)).isEqualTo("playing ing");
    }

    @Test
    void wordsAreJoinedAgain() {
        TestVocabulary vocabulary = english();
        Tokenizer tokenizer = vocabulary.tokenizer();
        int[] ids = tokenizer.encodeWithSpecialTokens(PromptText.plain("playing, play"));
        assertThat(vocabulary.texts(ids))
                .isEqualTo(List.of("[CLS]", "\u2581play", "ing", "\u2581,", "\u2581play", "[SEP]"));
        assertThat(tokenizer.decode(ids, false)).isEqualTo("playing , play");
    }
}
