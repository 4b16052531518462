package dev.parlance.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parlance.engine.tokenizer.PromptText.Span;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

class ModelTokenizerTest {
    private static TestVocabulary vocabulary() {
        return TestVocabulary.byteLevel("gpt-2")
                .token("<s>", TokenKind.CONTROL)
                .token("<|im_start|>", TokenKind.CONTROL)
                .token("<|im_end|>", TokenKind.CONTROL)
                .token("<|im_end|>>", TokenKind.CONTROL)
                .token("<think>", TokenKind.USER_DEFINED)
                .token("<unk>", TokenKind.UNKNOWN)
                .merge("a", "b")
                .with(TokenizerKeys.BOS_ID, 256);
    }

    private static List<String> encode(TestVocabulary vocabulary, Span... spans) {
        return vocabulary.texts(vocabulary.tokenizer().encode(new PromptText(List.of(spans))));
    }

    private static Span trusted(String text) {
        return new Span(text, true);
    }

    private static Span untrusted(String text) {
        return new Span(text, false);
    }

    @Test
    void controlTokensAreFoundInTrustedTextOnly() {
        assertThat(encode(vocabulary(), trusted("a<|im_end|>b")))
                .containsExactly("a", "<|im_end|>", "b");
        assertThat(encode(vocabulary(), untrusted("<|im_end|>"))).hasSize(10);
        assertThat(encode(vocabulary(), trusted("<unk>"))).containsExactly("<unk>");
        assertThat(encode(vocabulary(), untrusted("<unk>"))).hasSize(5);
    }

    @Test
    void userDefinedTokensAreFoundEverywhere() {
        assertThat(encode(vocabulary(), untrusted("a<think>b")))
                .containsExactly("a", "<think>", "b");
    }

    @Test
    void theLongestTokenWins() {
        assertThat(encode(vocabulary(), trusted("<|im_end|>>"))).containsExactly("<|im_end|>>");
        assertThat(encode(vocabulary(), trusted("<|im_end|>"), untrusted(">")))
                .containsExactly("<|im_end|>", ">");
    }

    @Test
    void aTokenAcrossABorderIsNotFoundUnlessBothSidesAreTrusted() {
        assertThat(encode(vocabulary(), trusted("<|im_"), untrusted("end|>"))).hasSize(10);
        assertThat(encode(vocabulary(), untrusted("<|im_"), trusted("end|>"))).hasSize(10);
        assertThat(encode(vocabulary(), trusted("<|im"), untrusted("_"), trusted("end|>")))
                .hasSize(10);
        assertThat(encode(vocabulary(), trusted("<|im"), trusted("_"), trusted("end|>")))
                .containsExactly("<|im_end|>");
        assertThat(encode(vocabulary(), trusted("<|im"), untrusted(""), trusted("_end|>")))
                .containsExactly("<|im_end|>");
    }

    @Test
    void ordinaryTextAcrossABorderIsOnePiece() {
        assertThat(encode(vocabulary(), trusted("a"), untrusted("b"))).containsExactly("ab");
        assertThat(encode(vocabulary(), untrusted("<th"), trusted("ink>")))
                .containsExactly("<think>");
    }

    @Test
    void userTextCannotSwallowTheTokenBehindIt() {
        TestVocabulary vocabulary = vocabulary().token("<<", TokenKind.USER_DEFINED);
        assertThat(encode(vocabulary, untrusted("a<"), trusted("<|im_end|>")))
                .containsExactly("a", "<", "<|im_end|>");
        assertThat(encode(vocabulary, untrusted("a<"), trusted("<b")))
                .containsExactly("a", "<<", "b");
    }

    @Test
    void untrustedTextNeverGivesAControlToken() {
        TestVocabulary vocabulary = vocabulary();
        Tokenizer tokenizer = vocabulary.tokenizer();
        Random random = new Random(1);
        List<String> parts = List.of("<|im_start|>", "<|im_", "end|>", "<s>", "<", "s>", "a", ">");
        for (int round = 0; round < 500; round++) {
            List<Span> spans = new ArrayList<>();
            int expected = 0;
            for (int i = 0; i < 8; i++) {
                boolean isTrusted = random.nextInt(4) == 0;
                spans.add(
                        isTrusted
                                ? trusted("\n<|im_start|>\n")
                                : untrusted(parts.get(random.nextInt(parts.size()))));
                expected += isTrusted ? 1 : 0;
            }
            int[] ids = tokenizer.encode(new PromptText(spans));
            long found = Arrays.stream(ids).filter(tokenizer.vocabulary()::isSpecial).count();
            assertThat(found).as("%s", spans).isEqualTo(expected);
            StringBuilder text = new StringBuilder();
            spans.forEach(span -> text.append(span.text()));
            assertThat(tokenizer.decode(ids, true)).isEqualTo(text.toString());
        }
    }

    @Test
    void loneSurrogatesBecomeReplacementCharacters() {
        Tokenizer tokenizer = vocabulary().tokenizer();
        int[] ids = tokenizer.encode(PromptText.plain("a\ud83d b\ude00"));
        assertThat(tokenizer.decode(ids, false)).isEqualTo("a\uFFFD b\uFFFD");
        int[] joined =
                tokenizer.encode(new PromptText(List.of(trusted("\ud83d"), untrusted("\ude00"))));
        assertThat(tokenizer.decode(joined, false)).isEqualTo("\ud83d\ude00");
    }

    @Test
    void bosIsAddedWhereAskedForAndNotDoubled() {
        TestVocabulary vocabulary = vocabulary();
        assertThat(vocabulary.tokenizer().encodeWithSpecialTokens(PromptText.plain("a")))
                .containsExactly('a');
        vocabulary.with(TokenizerKeys.ADD_BOS, true);
        Tokenizer tokenizer = vocabulary.tokenizer();
        assertThat(tokenizer.encodeWithSpecialTokens(PromptText.plain("a")))
                .containsExactly(256, 'a');
        assertThat(tokenizer.encodeWithSpecialTokens(PromptText.withSpecialTokens("<s>a")))
                .containsExactly(256, 'a');
        assertThat(tokenizer.encodeWithSpecialTokens(PromptText.plain(""))).containsExactly(256);
        assertThat(tokenizer.encode(PromptText.plain("a"))).containsExactly('a');
    }

    @Test
    void eosIsAddedWhereAskedFor() {
        TestVocabulary vocabulary =
                vocabulary().with(TokenizerKeys.EOS_ID, 258).with(TokenizerKeys.ADD_EOS, true);
        assertThat(vocabulary.tokenizer().encodeWithSpecialTokens(PromptText.plain("a")))
                .containsExactly('a', 258);
    }

    @Test
    void phiTokensSwallowTheWhiteSpaceBehindThem() {
        TestVocabulary vocabulary = vocabulary().with(TokenizerKeys.MODEL_NAME, "Phi-3 mini");
        assertThat(encode(vocabulary, trusted("<|im_end|>\n \u3000a")))
                .containsExactly("<|im_end|>", "a");
        assertThat(encode(vocabulary, trusted("<|im_end|>"), untrusted(" \n"), trusted("<s> a")))
                .containsExactly("<|im_end|>", "<s>", "\u0120", "a");
    }

    @Test
    void masksSwallowTheWhiteSpaceBeforeThem() {
        TestVocabulary vocabulary =
                TestVocabulary.byteLevel("jina-v2-de").token("<mask>", TokenKind.CONTROL);
        assertThat(encode(vocabulary, trusted("a  <mask> b")))
                .containsExactly("a", "<mask>", "\u0120", "b");
    }

    @Test
    void specialTokensAreShownOnlyWhenAskedFor() {
        Tokenizer tokenizer = vocabulary().tokenizer();
        int[] ids = tokenizer.encode(PromptText.withSpecialTokens("<s>a<think>b<|im_end|>"));
        assertThat(tokenizer.decode(ids, false)).isEqualTo("a<think>b");
        assertThat(tokenizer.decode(ids, true)).isEqualTo("<s>a<think>b<|im_end|>");
        for (boolean withSpecialTokens : new boolean[] {false, true}) {
            Detokenizer detokenizer = tokenizer.detokenizer(withSpecialTokens);
            StringBuilder text = new StringBuilder();
            for (int id : ids) {
                text.append(detokenizer.accept(id));
            }
            assertThat(text + detokenizer.finish())
                    .isEqualTo(tokenizer.decode(ids, withSpecialTokens));
        }
    }

    @Test
    void idsOutsideTheVocabularyAreRefused() {
        Tokenizer tokenizer = vocabulary().tokenizer();
        int size = tokenizer.vocabulary().size();
        for (int id : new int[] {-1, size}) {
            assertThatThrownBy(() -> tokenizer.bytes(id))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("token id must be between 0 and " + (size - 1) + ", got " + id);
            assertThatThrownBy(() -> tokenizer.decode(new int[] {id}, true))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> tokenizer.detokenizer(false).accept(id))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    /** Square time would take hours here; counts of steps are tested beside each part. */
    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void everyKindOfVocabularyTakesAMegabyteOfOneCharacter() {
        TestVocabulary bytePair = TestVocabulary.byteLevel("superbpe");
        TestVocabulary sentencePiece = TestVocabulary.of("llama").token("<unk>", TokenKind.UNKNOWN);
        sentencePiece.token("<s>", TokenKind.CONTROL).bytes();
        TestVocabulary unigram = TestVocabulary.of("t5").token("<pad>", TokenKind.CONTROL);
        unigram.token("</s>", TokenKind.CONTROL).token("<unk>", TokenKind.UNKNOWN);
        for (String part : List.of("a", "\u2581", "!")) {
            for (int length = 1; length <= 64; length *= 2) {
                sentencePiece.token(part.repeat(length), TokenKind.NORMAL, -length);
                unigram.token(part.repeat(length), TokenKind.NORMAL, -Math.sqrt(length));
            }
        }
        for (String part : List.of("a", "\u0120", "!")) {
            for (int length = 1; length <= 64; length *= 2) {
                bytePair.merge(part.repeat(length), part.repeat(length));
            }
        }
        TestVocabulary wordPiece =
                TestVocabulary.of("bert")
                        .token("[UNK]", TokenKind.UNKNOWN)
                        .token("[CLS]", TokenKind.CONTROL)
                        .token("\u2581a")
                        .with(TokenizerKeys.UNKNOWN_ID, 0)
                        .with(TokenizerKeys.BOS_ID, 1)
                        .with(TokenizerKeys.SEPARATOR_ID, 1);
        for (TestVocabulary vocabulary : List.of(bytePair, sentencePiece, unigram, wordPiece)) {
            Tokenizer tokenizer = vocabulary.tokenizer();
            for (String part : List.of("a", " ", "\u4e2d")) {
                String text = part.repeat(1 << 20);
                int[] ids = tokenizer.encode(PromptText.withSpecialTokens(text));
                assertThat(ids.length).isLessThanOrEqualTo(3 * text.length() + 1);
            }
        }
    }
}
