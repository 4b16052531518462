package dev.parlance.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parlance.engine.gguf.GgufFormatException;
import dev.parlance.engine.gguf.GgufMetadata;
import dev.parlance.engine.gguf.GgufValue;
import dev.parlance.engine.gguf.UnsupportedModelException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

class TokenizersTest {
    private static Tokenizer load(TestVocabulary vocabulary) {
        return vocabulary.tokenizer();
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "no_vocab", "rwkv", "plamo2"})
    void anUnknownKindOfVocabularyIsRefusedWithTheKnownOnes(String model) {
        assertThatThrownBy(() -> load(TestVocabulary.of(model).token("a")))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessage(
                        "test.gguf: metadata 'tokenizer.ggml.model' is '%s'; known vocabularies are"
                                + " bert, gemma4, gpt2, llama, t5",
                        model);
    }

    @Test
    void aFileWithoutAVocabularyIsDamaged() {
        assertThatThrownBy(() ->
                        Tokenizers.load(new GgufMetadata("test.gguf", Map.of()), Optional.empty()))
                .isInstanceOf(GgufFormatException.class)
                .hasMessage("test.gguf: metadata 'tokenizer.ggml.model' is missing");
    }

    @Test
    void anUnknownPreTokenizerIsRefusedWithTheKnownOnesAndTheOption() {
        assertThatThrownBy(() -> load(TestVocabulary.byteLevel("gpt-9")))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageStartingWith(
                        "test.gguf: metadata 'tokenizer.ggml.pre' is 'gpt-9', which is not known")
                .hasMessageContaining("llama-bpe")
                .hasMessageContaining("qwen2")
                .hasMessageEndingWith("--pre-tokenizer NAME overrides what the file says");
    }

    @Test
    void thePreTokenizerOfTheFileCanBeOverridden() {
        TestVocabulary vocabulary = TestVocabulary.byteLevel("gpt-9").merge("1", "2");
        Tokenizer gpt2 = Tokenizers.load(vocabulary.metadata(), Optional.of("gpt-2"));
        assertThat(gpt2.encode(PromptText.plain("12"))).hasSize(1);
        Tokenizer qwen2 = Tokenizers.load(vocabulary.metadata(), Optional.of("qwen2"));
        assertThat(qwen2.encode(PromptText.plain("12"))).hasSize(2);
        assertThatThrownBy(() -> Tokenizers.load(vocabulary.metadata(), Optional.of("gpt-8")))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageContaining("--pre-tokenizer is 'gpt-8'");
    }

    @Test
    void thereIsNothingToOverrideInOtherKinds() {
        TestVocabulary vocabulary = TestVocabulary.of("llama").token("a");
        assertThatThrownBy(() -> Tokenizers.load(vocabulary.metadata(), Optional.of("gpt-2")))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageContaining("is 'llama', which has no pre-tokenizer");
    }

    @Test
    void aMissingPreTokenizerIsTheDefaultOne() {
        TestVocabulary vocabulary = TestVocabulary.byteLevel("gpt-2").merge("+", "+");
        GgufMetadata metadata = vocabulary.metadataWithout(TokenizerKeys.PRE_TOKENIZER);
        Tokenizer tokenizer = Tokenizers.load(metadata, Optional.empty());
        assertThat(tokenizer.encode(PromptText.plain(" ++"))).containsExactly(' ', 256);
    }

    @ParameterizedTest
    @CsvSource({
        "llama-bpe,true",
        "tekken,true",
        "chameleon,true",
        "gemma4,true",
        "gpt-2,false",
        "qwen2,false"
    })
    void bosIsAddedByDefaultWhereTheFamilyHasItSo(String name, boolean isAdded) {
        TestVocabulary vocabulary =
                TestVocabulary.byteLevel(name)
                        .token("<s>", TokenKind.CONTROL)
                        .with(TokenizerKeys.BOS_ID, 256);
        assertThat(load(vocabulary).encodeWithSpecialTokens(PromptText.plain("")))
                .hasSize(isAdded ? 1 : 0);
    }

    @Test
    void addingATokenThatIsMissingIsRefused() {
        assertThatThrownBy(() ->
                        load(TestVocabulary.byteLevel("gpt-2").with(TokenizerKeys.ADD_BOS, true)))
                .isInstanceOf(GgufFormatException.class)
                .hasMessage(
                        "test.gguf: metadata 'tokenizer.ggml.add_bos_token' is true, but"
                                + " 'tokenizer.ggml.bos_token_id' is missing");
    }

    @Test
    void arraysMustBeAsLongAsTheVocabulary() {
        TestVocabulary vocabulary = TestVocabulary.byteLevel("gpt-2");
        vocabulary.with(TokenizerKeys.TOKEN_TYPES, new GgufValue.IntArray(new long[] {1, 1}));
        assertThatThrownBy(() -> load(vocabulary))
                .isInstanceOf(GgufFormatException.class)
                .hasMessage(
                        "test.gguf: metadata 'tokenizer.ggml.token_type' has 2 elements;"
                                + " 'tokenizer.ggml.tokens' has 256");
        TestVocabulary scored = TestVocabulary.byteLevel("gpt-2");
        scored.with(TokenizerKeys.SCORES, new GgufValue.FloatArray(new float[3]));
        assertThatThrownBy(() -> load(scored)).hasMessageContaining("has 3 elements");
    }

    @Test
    void kindsScoresAndIdsMustExist() {
        long[] kinds = new long[256];
        kinds[7] = 9;
        assertThatThrownBy(() ->
                        load(
                                TestVocabulary.byteLevel("gpt-2")
                                        .with(
                                                TokenizerKeys.TOKEN_TYPES,
                                                new GgufValue.IntArray(kinds))))
                .isInstanceOf(GgufFormatException.class)
                .hasMessageContaining("has 9 at index 7; kinds are 0 to 6");
        assertThatThrownBy(() ->
                        load(TestVocabulary.of("llama").token("a", TokenKind.NORMAL, Double.NaN)))
                .isInstanceOf(GgufFormatException.class)
                .hasMessageContaining("has NaN at index 0");
        assertThatThrownBy(() ->
                        load(TestVocabulary.byteLevel("gpt-2").with(TokenizerKeys.EOS_ID, 256)))
                .isInstanceOf(GgufFormatException.class)
                .hasMessage(
                        "test.gguf: metadata 'tokenizer.ggml.eos_token_id' is 256; it must be"
                                + " between 0 and 255");
    }

    @Test
    void anIdOfMinusOneMeansThatThereIsNoSuchToken() {
        for (long none : new long[] {-1, 0xFFFFFFFFL}) {
            TestVocabulary vocabulary =
                    TestVocabulary.byteLevel("gpt-2").with(TokenizerKeys.EOS_ID, none);
            assertThat(load(vocabulary).vocabulary().eos()).isEmpty();
        }
    }

    @Test
    void everyTokenMustBeThereOnce() {
        assertThatThrownBy(() -> load(TestVocabulary.of("llama").token("a").token("b").token("a")))
                .isInstanceOf(GgufFormatException.class)
                .hasMessageContaining("has 'a' twice, at 0 and 2");
        assertThatThrownBy(() -> load(TestVocabulary.of("llama")))
                .isInstanceOf(GgufFormatException.class)
                .hasMessageContaining("is empty");
    }

    @Test
    void mergesMustBeTokens() {
        TestVocabulary vocabulary = TestVocabulary.byteLevel("gpt-2");
        vocabulary.with(TokenizerKeys.MERGES, new GgufValue.TextArray(List.of("ab")));
        assertThatThrownBy(() -> load(vocabulary))
                .isInstanceOf(GgufFormatException.class)
                .hasMessageContaining("has 'ab' at index 0; it must be two tokens");
        vocabulary.with(TokenizerKeys.MERGES, new GgufValue.TextArray(List.of("a b")));
        assertThatThrownBy(() -> load(vocabulary))
                .hasMessageContaining("has 'a b' at index 0; 'ab' is not in the vocabulary");
        assertThatThrownBy(() ->
                        Tokenizers.load(
                                vocabulary.metadataWithout(TokenizerKeys.MERGES), Optional.empty()))
                .hasMessage("test.gguf: metadata 'tokenizer.ggml.merges' is missing");
    }

    @Test
    void tokensThatEndATurnAreKnownByTheirTexts() {
        TestVocabulary vocabulary =
                TestVocabulary.byteLevel("qwen2")
                        .token("<|endoftext|>", TokenKind.CONTROL)
                        .token("<|im_start|>", TokenKind.CONTROL)
                        .token("<|im_end|>", TokenKind.USER_DEFINED)
                        .token("<|fim_prefix|>", TokenKind.USER_DEFINED)
                        .token("<|odd|>", TokenKind.USER_DEFINED)
                        .token("<|mark|>")
                        .with(TokenizerKeys.EOS_ID, 261)
                        .with("tokenizer.ggml.eot_token_id", 260);
        Vocabulary loaded = load(vocabulary).vocabulary();
        assertThat(loaded.endOfGeneration()).containsExactlyInAnyOrder(256, 258, 260, 261);
        assertThat(loaded.isSpecial(258)).isTrue();
        assertThat(loaded.isSpecial(259)).isTrue();
        assertThat(loaded.isSpecial(261)).isTrue();
        assertThat(loaded.isSpecial('a')).isFalse();
        assertThat(loaded.findId("<|im_start|>")).hasValue(257);
        assertThat(loaded.findId("nothing")).isEmpty();
    }

    @Test
    void aWordThatMergesBuildIsNoSpecialToken() {
        TestVocabulary vocabulary =
                TestVocabulary.byteLevel("gpt-2")
                        .merge("<", "E")
                        .merge("O", "T")
                        .merge("OT", ">")
                        .merge("<E", "OT>");
        Tokenizer tokenizer = load(vocabulary);
        assertThat(tokenizer.vocabulary().endOfGeneration()).isEmpty();
        assertThat(tokenizer.vocabulary().isSpecial(vocabulary.id("<EOT>"))).isFalse();
    }

    @Test
    void messagesOfHarmonyDoNotEndTheTurn() {
        TestVocabulary vocabulary =
                TestVocabulary.byteLevel("gpt-4o")
                        .token("<|end|>", TokenKind.CONTROL)
                        .token("<|return|>", TokenKind.CONTROL)
                        .token("<|call|>", TokenKind.CONTROL);
        assertThat(load(vocabulary).vocabulary().endOfGeneration())
                .containsExactlyInAnyOrder(257, 258);
        TestVocabulary phi = TestVocabulary.byteLevel("gpt-2").token("<|end|>", TokenKind.CONTROL);
        assertThat(load(phi).vocabulary().endOfGeneration()).containsExactly(256);
    }

    @Test
    void theTagOfHtmlDoesNotEndGemmasTurn() {
        TestVocabulary gemma =
                TestVocabulary.of("llama")
                        .token("<eos>", TokenKind.CONTROL)
                        .token("</s>", TokenKind.USER_DEFINED)
                        .with(TokenizerKeys.ADD_BOS, false)
                        .with(TokenizerKeys.EOS_ID, 0);
        assertThat(load(gemma).vocabulary().endOfGeneration()).containsExactly(0);
        TestVocabulary phi =
                TestVocabulary.of("llama")
                        .token("</s>", TokenKind.USER_DEFINED)
                        .with(TokenizerKeys.ADD_BOS, false);
        assertThat(load(phi).vocabulary().endOfGeneration()).containsExactly(0);
    }

    @Test
    void defaultIdsDoNotMakeMarksOfPlainText() {
        assertThat(load(TestVocabulary.byteLevel("gpt-2")).vocabulary().eos()).isEmpty();
        TestVocabulary llama =
                TestVocabulary.of("llama").token("<unk>").token("<s>").token("</s>").token("a");
        Vocabulary old =
                Tokenizers.load(llama.metadataWithout(TokenizerKeys.TOKEN_TYPES), Optional.empty())
                        .vocabulary();
        assertThat(old.bosText()).contains("<s>");
        assertThat(old.eosText()).contains("</s>");
        assertThat(old.isSpecial(1)).isTrue();
    }

    @Test
    void emptyTokensHaveANameOfTheirOwn() {
        Vocabulary vocabulary =
                load(TestVocabulary.byteLevel("gpt-2").token("", TokenKind.UNUSED)).vocabulary();
        assertThat(vocabulary.text(256)).isEqualTo("[EMPTY_256]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "gemma4", "llama", "t5", "bert"})
    void metadataWithRandomDamageIsRefusedOrWorks(String model) {
        Random random = new Random(model.hashCode());
        int refused = 0;
        for (int round = 0; round < 300; round++) {
            TestVocabulary vocabulary = TestVocabulary.of(model).bytes();
            for (String text :
                    List.of("<unk>", "<s>", "</s>", "a", "b", "ab", "\u2581a", "\u0120")) {
                TokenKind[] kinds = TokenKind.values();
                vocabulary.token(text, kinds[random.nextInt(kinds.length)], random.nextGaussian());
            }
            vocabulary.with(TokenizerKeys.BOS_ID, random.nextInt(270) - 2);
            vocabulary.with(TokenizerKeys.EOS_ID, random.nextInt(270) - 2);
            vocabulary.with(TokenizerKeys.SEPARATOR_ID, random.nextInt(270) - 2);
            damage(vocabulary, random);
            try {
                Tokenizer tokenizer = vocabulary.tokenizer();
                String text = RandomTexts.text(random, 20) + "<s>ab</s>";
                int[] ids = tokenizer.encodeWithSpecialTokens(PromptText.withSpecialTokens(text));
                assertThat(tokenizer.decode(ids, true)).isNotNull();
            } catch (GgufFormatException | UnsupportedModelException e) {
                assertThat(e).hasMessageStartingWith("test.gguf: ");
                refused++;
            }
        }
        assertThat(refused).isBetween(10, 290);
    }

    private static void damage(TestVocabulary vocabulary, Random random) {
        List<String> keys = List.copyOf(vocabulary.metadata().values().keySet());
        List<GgufValue> values =
                List.of(
                        new GgufValue.Int(random.nextLong()),
                        new GgufValue.Text("x"),
                        new GgufValue.Bool(random.nextBoolean()),
                        new GgufValue.IntArray(new long[] {random.nextInt(9), 1}),
                        new GgufValue.FloatArray(new float[] {Float.NaN}),
                        new GgufValue.TextArray(List.of("a", "", "a b", "b")));
        if (random.nextInt(3) > 0) {
            String key = keys.get(random.nextInt(keys.size()));
            vocabulary.with(key, values.get(random.nextInt(values.size())));
        }
    }
}
