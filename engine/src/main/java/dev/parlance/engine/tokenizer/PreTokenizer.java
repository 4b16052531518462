package dev.parlance.engine.tokenizer;

import dev.parlance.engine.tokenizer.Splitter.ByPattern;
import dev.parlance.engine.tokenizer.Splitter.ThousandsGroups;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * How a byte-pair vocabulary wants text cut before merging, by its name in {@code
 * tokenizer.ggml.pre}.
 *
 * <p>Steps are applied one after the other, each to the pieces of the one before. Source of names
 * and traits: llama.cpp, llama-vocab.cpp; of steps: see {@link PreTokenizerPatterns}.
 */
record PreTokenizer(List<Supplier<Splitter>> steps, Set<Trait> traits) {
    /** What else comes with a name. */
    enum Trait {
        /** A piece that is a token as a whole is that token, whatever merges would make of it. */
        WHOLE_WORDS,
        /** BOS is put in front unless the file says otherwise. */
        ADDS_BOS,
        /** BOS is put in front even if the file says otherwise, because such files are wrong. */
        ALWAYS_ADDS_BOS,
        /** Tokens are plain characters with {@code <0xXX>} for others, not byte-level. */
        PLAIN_CHARACTERS,
        /** Spaces are written U+2581. */
        ESCAPES_SPACES,
        /** A piece of newlines that is a token as a whole is that token. */
        WHOLE_NEWLINES,
        /** A file without merges is merged by token ids, which are the ranks. */
        RANKED_BY_ID,
        /** Text is brought into Unicode's form NFC first. */
        COMPOSED
    }

    static final String DEFAULT_NAME = "default";

    private static final ThousandsGroups GROUPED_DECIMALS =
            new ThousandsGroups(Character::isDigit, false);
    private static final ThousandsGroups GROUPED_WHOLE_DECIMALS =
            new ThousandsGroups(Character::isDigit, true);
    private static final ThousandsGroups GROUPED_NUMBERS =
            new ThousandsGroups(PreTokenizer::isNumber, false);

    private static final Map<String, PreTokenizer> BY_NAME = byName();

    PreTokenizer {
        steps = List.copyOf(steps);
        traits = Set.copyOf(traits);
    }

    private static Map<String, PreTokenizer> byName() {
        Map<String, PreTokenizer> all = new TreeMap<>();
        addGptKin(all);
        addLlamaKin(all);
        addCasedKin(all);
        addDeepSeekKin(all);
        addOthers(all);
        return Collections.unmodifiableMap(all);
    }

    private static void addGptKin(Map<String, PreTokenizer> all) {
        PreTokenizer gpt2 = of(PreTokenizerPatterns.GPT_2);
        add(
                all,
                of(
                        PreTokenizerPatterns.DEFAULT_PUNCTUATION,
                        PreTokenizerPatterns.GPT_2,
                        PreTokenizerPatterns.DIGITS,
                        PreTokenizerPatterns.ASCII_DIGITS_3),
                DEFAULT_NAME);
        add(all, gpt2, "gpt-2", "phi-2", "jina-es", "jina-de", "jina-v2-es", "jina-v2-de");
        add(all, gpt2, "jina-v1-en", "jina-v2-code", "roberta-bpe", "gigachat", "a.x-4.0");
        add(all, gpt2, "mellum", "jais", "trillion", "granite-docling", "exaone4");
        add(all, gpt2.with(Trait.COMPOSED), "mpt", "olmo", "modern-bert");
        PreTokenizer singleDigits = of(PreTokenizerPatterns.DIGITS_1, PreTokenizerPatterns.GPT_2);
        add(all, singleDigits, "starcoder", "refact", "smollm", "codeshell", "exaone");
        add(all, singleDigits, "minerva-7b", "mellum2");
        add(all, singleDigits.with(Trait.COMPOSED), "command-r");
        add(
                all,
                of(
                        PreTokenizerPatterns.FALCON_PUNCTUATION,
                        PreTokenizerPatterns.GPT_2,
                        PreTokenizerPatterns.ASCII_DIGITS,
                        PreTokenizerPatterns.ASCII_DIGITS_3),
                "falcon");
        add(
                all,
                of(
                                PreTokenizerPatterns.CHAMELEON_SENTINEL,
                                PreTokenizerPatterns.CHAMELEON_IMAGE,
                                PreTokenizerPatterns.CHAMELEON_SPACE,
                                PreTokenizerPatterns.DIGITS_1,
                                PreTokenizerPatterns.PUNCTUATION_1,
                                PreTokenizerPatterns.GPT_2)
                        .with(Trait.ADDS_BOS),
                "chameleon");
    }

    private static void addLlamaKin(Map<String, PreTokenizer> all) {
        PreTokenizer cl100k = of(PreTokenizerPatterns.LLAMA_3);
        PreTokenizer llama3 = cl100k.with(Trait.WHOLE_WORDS, Trait.ADDS_BOS);
        add(all, llama3, "llama3", "llama-v3", "llama-bpe", "falcon3", "falcon-h1", "pixtral");
        add(all, llama3, "midm-2.0", "lfm2", "jina-v5-nano");
        add(all, cl100k, "dbrx", "smaug-bpe", "glm4", "chatglm-bpe");
        add(all, of(PreTokenizerPatterns.JAIS_2), "jais-2");
        PreTokenizer qwen2 = of(PreTokenizerPatterns.QWEN_2);
        add(all, qwen2, "megrez", "kormo", "grok-2", "solar-open");
        add(
                all,
                qwen2.with(Trait.COMPOSED),
                "qwen2",
                "deepseek-r1-qwen",
                "f2llmv2",
                "hunyuan",
                "stablelm2");
        add(all, of(PreTokenizerPatterns.QWEN_35).with(Trait.COMPOSED), "qwen35");
        add(all, of(PreTokenizerPatterns.LINES, PreTokenizerPatterns.QWEN_2), "laguna");
        add(all, of(PreTokenizerPatterns.UFAKZEKA), "ufakzeka");
        add(all, of(PreTokenizerPatterns.SEED_CODER), "seed-coder");
        add(all, of(PreTokenizerPatterns.EXAONE_MOE), "exaone-moe");
        add(all, of(PreTokenizerPatterns.BAILING_MOE), "bailingmoe", "bailingmoe2", "llada-moe");
        add(
                all,
                of(PreTokenizerPatterns.DIGITS_3, PreTokenizerPatterns.MINICPM_5)
                        .with(Trait.WHOLE_WORDS),
                "minicpm5");
    }

    private static void addCasedKin(Map<String, PreTokenizer> all) {
        PreTokenizer gpt4o = of(PreTokenizerPatterns.GPT_4O);
        add(all, gpt4o, "gpt-4o", "llama4", "kanana2", "talkie", "minimax-m2");
        add(all, gpt4o.with(Trait.WHOLE_WORDS), "granite-embed-multi-97m");
        add(
                all,
                new PreTokenizer(
                        List.of(() -> GROUPED_WHOLE_DECIMALS, step(PreTokenizerPatterns.GPT_4O)),
                        Set.of(Trait.COMPOSED)),
                "tiny_aya",
                "cohere2moe");
        add(all, of(PreTokenizerPatterns.TEKKEN).with(Trait.WHOLE_WORDS, Trait.ADDS_BOS), "tekken");
        add(all, of(PreTokenizerPatterns.KIMI_K2).with(Trait.RANKED_BY_ID), "kimi-k2");
        add(
                all,
                of(PreTokenizerPatterns.YOUTU_SCRIPTS, PreTokenizerPatterns.YOUTU)
                        .with(Trait.WHOLE_WORDS),
                "youtu");
    }

    private static void addDeepSeekKin(Map<String, PreTokenizer> all) {
        add(
                all,
                of(
                        PreTokenizerPatterns.NEWLINE,
                        PreTokenizerPatterns.DEEPSEEK_LLM_WORD,
                        PreTokenizerPatterns.DEEPSEEK_LLM_PUNCTUATION,
                        PreTokenizerPatterns.TRAILING_SPACE,
                        PreTokenizerPatterns.DEEPSEEK_CJK,
                        PreTokenizerPatterns.DIGITS_1),
                "deepseek-llm");
        add(
                all,
                of(
                        PreTokenizerPatterns.NEWLINE,
                        PreTokenizerPatterns.DEEPSEEK_CODER_WORD,
                        PreTokenizerPatterns.DEEPSEEK_CODER_PUNCTUATION,
                        PreTokenizerPatterns.DEEPSEEK_CJK,
                        PreTokenizerPatterns.DIGITS_1),
                "deepseek-coder");
        add(
                all,
                of(
                        PreTokenizerPatterns.DIGITS_3,
                        PreTokenizerPatterns.CJK,
                        PreTokenizerPatterns.DEEPSEEK_3),
                "deepseek-v3",
                "hunyuan-dense",
                "joyai-llm",
                "hy_v4");
        add(
                all,
                of(
                        PreTokenizerPatterns.DIGITS_3,
                        PreTokenizerPatterns.CJK,
                        PreTokenizerPatterns.SPARK,
                        PreTokenizerPatterns.DIGITS_1),
                "spark2_5");
        add(
                all,
                new PreTokenizer(
                        List.of(
                                step(PreTokenizerPatterns.DIGITS),
                                () -> GROUPED_NUMBERS,
                                step(PreTokenizerPatterns.AFMOE_SCRIPTS),
                                step(PreTokenizerPatterns.DEEPSEEK_3)),
                        Set.of()),
                "afmoe");
    }

    private static void addOthers(Map<String, PreTokenizer> all) {
        add(all, of(PreTokenizerPatterns.BLOOM), "bloom", "poro-chat", "gpt3-finnish");
        add(all, of(PreTokenizerPatterns.BLOOM, PreTokenizerPatterns.DIGITS_1), "viking");
        add(
                all,
                new PreTokenizer(
                        List.of(step(PreTokenizerPatterns.DIGITS), () -> GROUPED_DECIMALS),
                        Set.of()),
                "superbpe");
        PreTokenizer plain =
                of(PreTokenizerPatterns.LINES).with(Trait.PLAIN_CHARACTERS, Trait.ESCAPES_SPACES);
        add(all, plain, "sarvam-moe");
        add(
                all,
                plain.with(Trait.WHOLE_NEWLINES, Trait.ALWAYS_ADDS_BOS),
                "gemma4",
                "granite-embed-multi-311m");
        add(all, of(PreTokenizerPatterns.NO_SPACE).with(Trait.PLAIN_CHARACTERS), "whitespace");
    }

    private static void add(
            Map<String, PreTokenizer> all, PreTokenizer preTokenizer, String... names) {
        for (String name : names) {
            if (all.put(name, preTokenizer) != null) {
                throw new IllegalStateException("two pre-tokenizers are named " + name);
            }
        }
    }

    /** A pre-tokenizer whose steps are all patterns. */
    private static PreTokenizer of(String... patterns) {
        return new PreTokenizer(Arrays.stream(patterns).map(PreTokenizer::step).toList(), Set.of());
    }

    private static Supplier<Splitter> step(String pattern) {
        return () -> ByPattern.of(pattern);
    }

    private PreTokenizer with(Trait... added) {
        List<Trait> all = Stream.concat(traits.stream(), Arrays.stream(added)).toList();
        return new PreTokenizer(steps, Set.copyOf(all));
    }

    private static boolean isNumber(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER ->
                    true;
            default -> false;
        };
    }

    static Optional<PreTokenizer> find(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /** All names, sorted. */
    static List<String> names() {
        return List.copyOf(BY_NAME.keySet());
    }

    boolean has(Trait trait) {
        return traits.contains(trait);
    }

    /** The steps, ready to run. */
    List<Splitter> splitters() {
        return steps.stream().map(Supplier::get).toList();
    }
}
