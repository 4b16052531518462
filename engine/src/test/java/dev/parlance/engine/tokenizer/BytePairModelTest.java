package dev.parlance.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

class BytePairModelTest {
    @Test
    void mergesTheLowestRankFirst() {
        TestVocabulary vocabulary =
                TestVocabulary.byteLevel("gpt-2").merge("b", "c").merge("a", "b").merge("a", "bc");
        assertThat(vocabulary.encode("abc")).containsExactly("abc");
        assertThat(vocabulary.encode("abab")).containsExactly("ab", "ab");
    }

    @Test
    void spacesAndUtf8AreWrittenInTheByteLevelAlphabet() {
        TestVocabulary vocabulary =
                TestVocabulary.byteLevel("gpt-2").merge("\u0120", "a").merge("\u00c3", "\u00a9");
        assertThat(vocabulary.encode("a a\u00e9")).containsExactly("a", "\u0120a", "\u00c3\u00a9");
    }

    @Test
    void agreesWithTheDefinitionOnRandomTexts() {
        Random random = new Random(19);
        TestVocabulary vocabulary = TestVocabulary.byteLevel("superbpe");
        Map<String, Integer> ranks = new HashMap<>();
        for (int i = 0; i < 400; i++) {
            List<String> texts = vocabulary.texts();
            String left = texts.get(random.nextInt(texts.size()));
            String right = texts.get(random.nextInt(texts.size()));
            if (i % 2 == 0) {
                left = String.valueOf("abc\u0120".charAt(random.nextInt(4)));
            }
            if (i % 3 == 0) {
                right = String.valueOf("abc\u0120".charAt(random.nextInt(4)));
            }
            if (ranks.putIfAbsent(left + " " + right, i) == null) {
                vocabulary.merge(left, right);
            }
        }
        Map<String, Integer> inOrder = new HashMap<>();
        vocabulary
                .metadata()
                .strings(TokenizerKeys.MERGES)
                .forEach(merge -> inOrder.put(merge, inOrder.size()));
        Tokenizer tokenizer = vocabulary.tokenizer();
        for (int round = 0; round < 300; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < 40; i++) {
                text.append("abc ".charAt(random.nextInt(4)));
            }
            int[] ids = tokenizer.encode(PromptText.plain(text.toString()));
            assertThat(vocabulary.texts(ids))
                    .isEqualTo(naive(text.toString().replace(' ', '\u0120'), inOrder));
            assertThat(tokenizer.decode(ids, true)).isEqualTo(text.toString());
        }
    }

    private static List<String> naive(String text, Map<String, Integer> ranks) {
        List<String> symbols = new ArrayList<>(List.of(text.split("")));
        while (true) {
            int best = -1;
            int bestRank = Integer.MAX_VALUE;
            for (int i = 0; i + 1 < symbols.size(); i++) {
                Integer rank = ranks.get(symbols.get(i) + " " + symbols.get(i + 1));
                if (rank != null && rank < bestRank) {
                    best = i;
                    bestRank = rank;
                }
            }
            if (best < 0) {
                return symbols;
            }
            symbols.set(best, symbols.get(best) + symbols.remove(best + 1));
        }
    }

    @Test
    void aWholeWordWinsOverMergesWhereTheFamilyHasItSo() {
        for (String name : List.of("llama-bpe", "tekken", "minicpm5", "youtu")) {
            TestVocabulary vocabulary =
                    TestVocabulary.byteLevel(name)
                            .with(TokenizerKeys.ADD_BOS, false)
                            .merge("a", "b")
                            .token("abc");
            assertThat(vocabulary.encode("abc")).as(name).containsExactly("abc");
        }
        TestVocabulary qwen = TestVocabulary.byteLevel("qwen2").merge("a", "b").token("abc");
        assertThat(qwen.encode("abc")).containsExactly("ab", "c");
    }

    @Test
    void aByteWithoutATokenIsLeftOut() {
        TestVocabulary vocabulary =
                TestVocabulary.of("gpt2")
                        .with(TokenizerKeys.PRE_TOKENIZER, "gpt-2")
                        .token("a")
                        .token("b");
        assertThat(vocabulary.encode("axb")).containsExactly("a", "b");
    }

    @Test
    void textIsComposedWhereTheFamilyHasItSo() {
        TestVocabulary qwen = TestVocabulary.byteLevel("qwen2").merge("\u00c3", "\u00a9");
        assertThat(qwen.encode("e\u0301")).containsExactly("\u00c3\u00a9");
        qwen.with(TokenizerKeys.COMPOSE, false);
        assertThat(qwen.encode("e\u0301")).hasSize(3);
        TestVocabulary llama =
                TestVocabulary.byteLevel("llama-bpe")
                        .with(TokenizerKeys.ADD_BOS, false)
                        .merge("\u00c3", "\u00a9");
        assertThat(llama.encode("e\u0301")).hasSize(3);
    }

    @Test
    void kimiWithoutMergesIsMergedByIds() {
        TestVocabulary vocabulary =
                TestVocabulary.byteLevel("kimi-k2").token("bc").token("ab").token("abc");
        Tokenizer tokenizer =
                Tokenizers.load(vocabulary.metadataWithout(TokenizerKeys.MERGES), Optional.empty());
        assertThat(vocabulary.texts(tokenizer.encode(PromptText.plain("abc bcab"))))
                .containsExactly("abc", "\u0120", "bc", "ab");
    }

    @Test
    void gemmaWritesCharactersWithSpaceMarksAndBytesForTheRest() {
        TestVocabulary vocabulary =
                TestVocabulary.of("gemma4")
                        .bytes()
                        .token("<bos>", TokenKind.CONTROL)
                        .with(TokenizerKeys.BOS_ID, 256)
                        .token("\u2581")
                        .token("a")
                        .token("b")
                        .token("\n")
                        .token("\n\n\n")
                        .merge("\u2581", "a")
                        .merge("\n", "\n");
        assertThat(vocabulary.encode("b a\u00e9\n\n\na\n\n"))
                .containsExactly("b", "\u2581a", "<0xC3>", "<0xA9>", "\n\n\n", "a", "\n\n");
        Tokenizer tokenizer = vocabulary.tokenizer();
        String text = "b a\u00e9 \n\nab  a";
        assertThat(tokenizer.decode(tokenizer.encode(PromptText.plain(text)), false))
                .isEqualTo(text);
        assertThat(tokenizer.encodeWithSpecialTokens(PromptText.plain("a"))).startsWith(256);
    }

    @Test
    void noTextSpellsAByteTokenOrAControlToken() {
        TestVocabulary vocabulary =
                TestVocabulary.of("gemma4")
                        .with(TokenizerKeys.PRE_TOKENIZER, "sarvam-moe")
                        .bytes()
                        .token("<bos>", TokenKind.CONTROL)
                        .with(TokenizerKeys.BOS_ID, 256);
        for (String character : List.of("<", "0", "x", "A", ">", "b", "o", "s")) {
            vocabulary.token(character);
        }
        vocabulary.merge("<", "b").merge("<b", "o").merge("<bo", "s").merge("<bos", ">");
        assertThat(vocabulary.encode("<bos><0x0A>"))
                .containsExactly("<bos", ">", "<", "0", "x", "0", "A", ">");
    }

    @Test
    void bytesOfTokens() {
        TestVocabulary vocabulary =
                TestVocabulary.byteLevel("gpt-2")
                        .merge("\u0120", "a")
                        .token("\u00fc", TokenKind.USER_DEFINED)
                        .token("a\u4e2d")
                        .token("<s>", TokenKind.CONTROL);
        vocabulary.texts().set(0xFC, "unused");
        Tokenizer tokenizer = vocabulary.tokenizer();
        assertThat(tokenizer.bytes(0)).containsExactly(0);
        assertThat(tokenizer.bytes(0xC3)).containsExactly(0xC3);
        assertThat(tokenizer.bytes(256)).isEqualTo(" a".getBytes(StandardCharsets.UTF_8));
        assertThat(tokenizer.bytes(257)).isEqualTo("\u00fc".getBytes(StandardCharsets.UTF_8));
        assertThat(tokenizer.bytes(258)).isEqualTo("a\u4e2d".getBytes(StandardCharsets.UTF_8));
        assertThat(tokenizer.bytes(259)).isEqualTo("<s>".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void composedTextKeepsUpWithManyMarks() {
        String marks = "\u0301\u0316".repeat(200_000);
        String composed = ComposedText.of("e" + marks);
        assertThat(composed.length()).isEqualTo(marks.length());
        assertThat(composed.charAt(0)).isEqualTo('\u00e9');
        assertThat(composed.codePoints().filter(c -> c == 0x316).count()).isEqualTo(200_000);
        assertThat(ComposedText.of("e\u0316\u0301")).isEqualTo("\u00e9\u0316");
        assertThat(ComposedText.of("")).isEmpty();
    }
}
