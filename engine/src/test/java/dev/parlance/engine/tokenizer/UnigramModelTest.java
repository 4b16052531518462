package dev.parlance.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.parlance.engine.gguf.GgufValue;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.Random;

class UnigramModelTest {
    private static TestVocabulary vocabulary() {
        return TestVocabulary.of("t5")
                .with(TokenizerKeys.REMOVE_EXTRA_SPACES, true)
                .token("<pad>", TokenKind.CONTROL)
                .token("</s>", TokenKind.CONTROL)
                .token("<unk>", TokenKind.UNKNOWN);
    }

    @Test
    void takesTheWayWithTheHighestSum() {
        TestVocabulary vocabulary =
                vocabulary()
                        .token("\u2581", TokenKind.NORMAL, -2)
                        .token("\u2581ab", TokenKind.NORMAL, -3)
                        .token("c", TokenKind.NORMAL, -3)
                        .token("\u2581a", TokenKind.NORMAL, -2)
                        .token("bc", TokenKind.NORMAL, -2);
        assertThat(vocabulary.encode("abc")).containsExactly("\u2581a", "bc");
    }

    @Test
    void noOtherWayHasAHigherSum() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            TestVocabulary vocabulary =
                    vocabulary().bytes().with(TokenizerKeys.ADD_SPACE_PREFIX, false);
            for (int i = 0; i < 14; i++) {
                StringBuilder text = new StringBuilder();
                int length = 1 + random.nextInt(3);
                for (int k = 0; k < length; k++) {
                    text.append("abc".charAt(random.nextInt(3)));
                }
                if (vocabulary.id(text.toString()) < 0) {
                    vocabulary.token(
                            text.toString(), TokenKind.NORMAL, -1 - 5 * random.nextDouble());
                }
            }
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < 11; i++) {
                text.append("abcx".charAt(random.nextInt(4)));
            }
            float[] scores = vocabulary.metadata().findFloats(TokenizerKeys.SCORES).orElseThrow();
            double lowest = 0;
            for (float score : scores) {
                lowest = Math.min(lowest, score);
            }
            double found = 0;
            int position = 0;
            for (String token : vocabulary.encode(text.toString())) {
                boolean isByte = token.startsWith("<0x");
                found += isByte ? lowest - 10 : scores[vocabulary.id(token)];
                position += isByte ? 1 : token.length();
            }
            assertThat(position).isEqualTo(text.length());
            assertThat(found)
                    .as("seed %d", seed)
                    .isCloseTo(best(text.toString(), vocabulary, scores, lowest), within(1e-4));
        }
    }

    /** Tries every way to cut the text. */
    private static double best(
            String text, TestVocabulary vocabulary, float[] scores, double lowest) {
        if (text.isEmpty()) {
            return 0;
        }
        double best = Double.NEGATIVE_INFINITY;
        for (int length = 1; length <= Math.min(3, text.length()); length++) {
            int id = vocabulary.id(text.substring(0, length));
            double score = id >= 0 ? scores[id] : length == 1 ? lowest - 10 : Double.NaN;
            if (!Double.isNaN(score)) {
                best =
                        Math.max(
                                best,
                                score + best(text.substring(length), vocabulary, scores, lowest));
            }
        }
        return best;
    }

    @Test
    void runsOfSpacesAreOneAndTheEndsAreTrimmed() {
        TestVocabulary vocabulary = vocabulary().token("\u2581a").token("\u2581").token("a");
        assertThat(vocabulary.encode("  a   a ")).containsExactly("\u2581a", "\u2581a");
        vocabulary.with(TokenizerKeys.REMOVE_EXTRA_SPACES, false);
        assertThat(vocabulary.encode("a  a "))
                .containsExactly("\u2581a", "\u2581", "\u2581a", "\u2581");
        vocabulary
                .with(TokenizerKeys.REMOVE_EXTRA_SPACES, true)
                .with(TokenizerKeys.ADD_SPACE_PREFIX, false);
        assertThat(vocabulary.encode(" a  a")).containsExactly("a", "\u2581a");
    }

    @Test
    void unknownCharactersAreOneTokenOrTheirBytes() {
        TestVocabulary vocabulary = vocabulary().token("\u2581", TokenKind.NORMAL, -1).token("a");
        assertThat(vocabulary.encode("a\u00e9\u00e9a"))
                .containsExactly("\u2581", "a", "<unk>", "a");
        vocabulary.bytes();
        assertThat(vocabulary.encode("a\u00e9")).containsExactly("\u2581", "a", "<0xC3>", "<0xA9>");
    }

    @Test
    void theDefaultsAreThoseOfT5() {
        TestVocabulary vocabulary = vocabulary().token("\u2581a");
        Tokenizer tokenizer = vocabulary.tokenizer();
        int[] ids = tokenizer.encodeWithSpecialTokens(PromptText.plain("a"));
        assertThat(vocabulary.texts(ids)).containsExactly("\u2581a", "</s>");
        assertThat(tokenizer.vocabulary().bos()).isEmpty();
        assertThat(tokenizer.decode(ids, false)).isEqualTo("a");
        assertThat(tokenizer.decode(ids, true)).isEqualTo("a</s>");
    }

    @Test
    void charactersAreReplacedByTheFilesMap() {
        GgufValue map =
                new GgufValue.IntArray(
                        CharacterMapTest.values(
                                Map.of("\uff21", "a", "\ufb01", "fi", "\u200b", "", "\t", " ")));
        TestVocabulary vocabulary =
                vocabulary()
                        .with(TokenizerKeys.CHARACTER_MAP, map)
                        .token("\u2581a")
                        .token("fi")
                        .token("\u2581fi");
        assertThat(vocabulary.encode("\uff21\u200b\ufb01\t\ufb01"))
                .isEqualTo(List.of("\u2581a", "fi", "\u2581fi"));
    }
}
