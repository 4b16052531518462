package dev.parlance.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

class SentencePieceModelTest {
    private static TestVocabulary vocabulary() {
        return TestVocabulary.of("llama")
                .token("<unk>", TokenKind.UNKNOWN)
                .token("<s>", TokenKind.CONTROL)
                .token("</s>", TokenKind.CONTROL);
    }

    @Test
    void mergesTheHighestScoreFirst() {
        TestVocabulary vocabulary =
                vocabulary()
                        .bytes()
                        .token("ab", TokenKind.NORMAL, -2)
                        .token("bc", TokenKind.NORMAL, -1)
                        .token("\u2581a", TokenKind.NORMAL, -3)
                        .token("a", TokenKind.NORMAL, -9)
                        .token("b", TokenKind.NORMAL, -9)
                        .token("c", TokenKind.NORMAL, -9)
                        .token("\u2581", TokenKind.NORMAL, -9);
        assertThat(vocabulary.encode("abc")).containsExactly("\u2581a", "bc");
        assertThat(vocabulary.encode("ab")).containsExactly("\u2581", "ab");
    }

    @Test
    void ofEqualScoresTheLeftmostIsMerged() {
        TestVocabulary vocabulary =
                vocabulary()
                        .with(TokenizerKeys.ADD_SPACE_PREFIX, false)
                        .token("a", TokenKind.NORMAL, -9)
                        .token("aa", TokenKind.NORMAL, -1);
        assertThat(vocabulary.encode("aaa")).containsExactly("aa", "a");
    }

    @Test
    void agreesWithTheDefinitionOnRandomTexts() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            TestVocabulary vocabulary = vocabulary().with(TokenizerKeys.ADD_SPACE_PREFIX, false);
            for (String letter : List.of("a", "b", "c")) {
                vocabulary.token(letter, TokenKind.NORMAL, -100);
            }
            for (int i = 0; i < 15; i++) {
                StringBuilder text = new StringBuilder();
                int length = 2 + random.nextInt(3);
                for (int k = 0; k < length; k++) {
                    text.append("abc".charAt(random.nextInt(3)));
                }
                if (vocabulary.id(text.toString()) < 0) {
                    vocabulary.token(text.toString(), TokenKind.NORMAL, -random.nextInt(6));
                }
            }
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < 50; i++) {
                text.append("abc".charAt(random.nextInt(3)));
            }
            assertThat(vocabulary.encode(text.toString()))
                    .as("seed %d", seed)
                    .isEqualTo(naive(text.toString(), vocabulary));
        }
    }

    private static List<String> naive(String text, TestVocabulary vocabulary) {
        float[] scores = vocabulary.metadata().findFloats(TokenizerKeys.SCORES).orElseThrow();
        List<String> symbols = new ArrayList<>(List.of(text.split("")));
        while (true) {
            int best = -1;
            float bestScore = Float.NEGATIVE_INFINITY;
            for (int i = 0; i + 1 < symbols.size(); i++) {
                int id = vocabulary.id(symbols.get(i) + symbols.get(i + 1));
                if (id >= 0 && scores[id] > bestScore) {
                    best = i;
                    bestScore = scores[id];
                }
            }
            if (best < 0) {
                return symbols;
            }
            symbols.set(best, symbols.get(best) + symbols.remove(best + 1));
        }
    }

    @Test
    void charactersWithoutATokenBecomeTheirBytes() {
        TestVocabulary vocabulary =
                vocabulary().bytes().with(TokenizerKeys.ADD_SPACE_PREFIX, false).token("a");
        assertThat(vocabulary.encode("a\u00e9")).containsExactly("a", "<0xC3>", "<0xA9>");
    }

    @Test
    void withoutByteTokensARunOfThemIsOneUnknown() {
        TestVocabulary vocabulary =
                vocabulary().with(TokenizerKeys.ADD_SPACE_PREFIX, false).token("a");
        assertThat(vocabulary.encode("a\u00e9\ud83d\ude00a")).containsExactly("a", "<unk>", "a");
    }

    @Test
    void textCannotSpellControlOrByteTokens() {
        TestVocabulary vocabulary =
                vocabulary()
                        .bytes()
                        .with(TokenizerKeys.ADD_SPACE_PREFIX, false)
                        .token("<")
                        .token("s>")
                        .token("s")
                        .token(">")
                        .token("<0x0A")
                        .token("0x0A>");
        assertThat(vocabulary.encode("<s>")).containsExactly("<", "s>");
        assertThat(vocabulary.encode("<0x0A>")).doesNotContain("<0x0A>");
    }

    @Test
    void aSpaceIsPutInFrontAndTakenOffAgain() {
        TestVocabulary vocabulary =
                vocabulary().bytes().token("\u2581").token("a").token("\u2581a");
        Tokenizer tokenizer = vocabulary.tokenizer();
        int[] ids = tokenizer.encode(PromptText.plain("a a"));
        assertThat(vocabulary.texts(ids)).containsExactly("\u2581a", "\u2581a");
        assertThat(tokenizer.decode(ids, false)).isEqualTo("a a");
        for (String text : List.of(" a", "  a", "", " ", "a  ", "\u00e9 a")) {
            int[] encoded = tokenizer.encode(PromptText.plain(text));
            assertThat(tokenizer.decode(encoded, false)).isEqualTo(text);
        }
    }

    @Test
    void aSpaceIsPutBehindSpecialTokensToo() {
        TestVocabulary vocabulary =
                vocabulary().bytes().token("\u2581").token("a").token("\u2581a");
        Tokenizer tokenizer = vocabulary.tokenizer();
        int[] ids = tokenizer.encode(PromptText.withSpecialTokens("<s>a</s>a"));
        assertThat(vocabulary.texts(ids)).containsExactly("<s>", "\u2581a", "</s>", "\u2581a");
        assertThat(tokenizer.decode(ids, true)).isEqualTo("<s>a</s> a");
        assertThat(tokenizer.decode(ids, false)).isEqualTo("a a");
    }

    @Test
    void aStreamKeepsTheSpaceOfItsFirstToken() {
        TestVocabulary vocabulary = vocabulary().bytes().token("\u2581a");
        Detokenizer detokenizer = vocabulary.tokenizer().detokenizer(false);
        assertThat(detokenizer.accept(vocabulary.id("\u2581a"))).isEqualTo(" a");
    }

    @Test
    void theDefaultsAreThoseOfLlama() {
        TestVocabulary vocabulary = vocabulary().bytes().token("\u2581a");
        Tokenizer tokenizer = vocabulary.tokenizer();
        int[] ids = tokenizer.encodeWithSpecialTokens(PromptText.plain("a"));
        assertThat(vocabulary.texts(ids)).containsExactly("<s>", "\u2581a");
        assertThat(tokenizer.vocabulary().bosText()).contains("<s>");
        assertThat(tokenizer.vocabulary().eosText()).contains("</s>");
        assertThat(tokenizer.vocabulary().endOfGeneration()).containsExactly(2);
    }
}
