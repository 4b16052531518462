package dev.parlance.engine.tokenizer;

/**
 * The patterns of the pre-tokenizers, put together from their common parts.
 *
 * <p>Sources: the models' own tokenizer definitions (tokenizer.json, tiktoken files) where
 * llama.cpp names them or approximates them, else llama.cpp, llama-vocab.cpp, {@code
 * llm_tokenizer_bpe}. The splits that a pattern makes are a model's contract; how it is written
 * here is ours. Quantifiers are possessive where that changes no match and keeps {@code
 * java.util.regex} from recursing.
 */
final class PreTokenizerPatterns {
    private static final String CONTRACTION = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    private static final String WORD = "[^\\r\\n\\p{L}\\p{N}]?\\p{L}+";
    private static final String SYMBOLS = " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*";
    private static final String SYMBOLS_OR_SLASH = " ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*";
    private static final String NEWLINES = "\\s*[\\r\\n]+";

    /** White space, without the last of it where a word follows. */
    private static final String SPACES = "\\s+(?!\\S)|\\s+";

    static final String GPT_2 =
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|" + SPACES;

    static final String LLAMA_3 =
            either(CONTRACTION, WORD, "\\p{N}{1,3}", SYMBOLS, NEWLINES, SPACES);
    static final String QWEN_2 = either(CONTRACTION, WORD, "\\p{N}", SYMBOLS, NEWLINES, SPACES);
    static final String QWEN_35 =
            either(
                    CONTRACTION,
                    "[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+",
                    "\\p{N}",
                    " ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*",
                    NEWLINES,
                    SPACES);
    static final String MINICPM_5 = either(CONTRACTION, WORD, "\\p{N}+", SYMBOLS, NEWLINES, SPACES);
    static final String UFAKZEKA = either(WORD, "\\p{N}", SYMBOLS, NEWLINES, SPACES);
    static final String SEED_CODER =
            either(CONTRACTION, WORD, "\\p{N}", " ?[^\\s\\p{L}\\p{N}\\r\\n]+", NEWLINES, SPACES);
    static final String BAILING_MOE =
            either(
                    "'(?i:[sdmt]|ll|ve|re)",
                    "[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+",
                    "\\p{N}",
                    " ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*",
                    "\\s*[\\r\\n]",
                    SPACES);
    static final String EXAONE_MOE =
            either(
                    CONTRACTION,
                    "[^\\r\\n\\p{L}\\p{N}]?\\p{L}[\\p{L}\\p{M}]*+(?: \\p{L}[\\p{L}\\p{M}]*+)*+",
                    "\\p{N}",
                    " ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]?",
                    "\\s*[\\r\\n]",
                    SPACES);

    /**
     * Spaces in runs of powers of two. Behind a space that is no newline there is no newline left
     * to look for, which keeps long runs of spaces linear.
     */
    static final String JAIS_2 =
            either(
                    CONTRACTION,
                    WORD,
                    "\\p{N}{1,3}",
                    SYMBOLS,
                    "(?<![\\s&&[^\\r\\n]])" + NEWLINES,
                    "\\s{512}(?!\\S)|\\s{256}(?!\\S)|\\s{128}(?!\\S)|\\s{64}(?!\\S)|\\s{32}(?!\\S)",
                    "\\s{16}(?!\\S)|\\s{8}(?!\\S)|\\s{4}(?!\\S)|\\s{1,2}(?!\\S)|\\s");

    private static final String UPPER = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
    private static final String LOWER = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";

    static final String TEKKEN =
            either(casedWords(UPPER, LOWER, ""), "\\p{N}", SYMBOLS_OR_SLASH, NEWLINES, SPACES);
    static final String GPT_4O =
            either(
                    casedWords(UPPER, LOWER, CONTRACTION + "?"),
                    "\\p{N}{1,3}",
                    SYMBOLS_OR_SLASH,
                    NEWLINES,
                    SPACES);
    static final String KIMI_K2 =
            either(
                    "\\p{IsHan}+",
                    casedWords(
                            "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}&&[^\\p{IsHan}]]",
                            "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}&&[^\\p{IsHan}]]",
                            CONTRACTION + "?"),
                    "\\p{N}{1,3}",
                    SYMBOLS,
                    NEWLINES,
                    SPACES);
    static final String YOUTU_SCRIPTS =
            either(
                    "[\uAC00-\uD7A3\u3131-\u318E]+",
                    "[\uFF01\u2026\u201C\u201D\u2018\u2019\u2014\uFF1A\uFF1B\uFF0C"
                            + "\u3001-\u303F\uFE30-\uFE4F]+",
                    "[\u3105-\u312F]+",
                    "[\u4E00-\u9FA5\u3040-\u309F\u30A0-\u30FF]+");
    static final String YOUTU =
            either(
                    casedWords(UPPER, LOWER, CONTRACTION + "?"),
                    "\\p{N}",
                    SYMBOLS_OR_SLASH,
                    NEWLINES,
                    SPACES);

    static final String DIGITS_1 = "\\p{N}";
    static final String DIGITS_3 = "\\p{N}{1,3}";
    static final String DIGITS = "\\p{N}+";

    static final String FALCON_PUNCTUATION = "[\\p{P}$+<=>^~|`]+";
    static final String DEFAULT_PUNCTUATION = "[\\p{P}$+<=>^~|]+";
    static final String ASCII_DIGITS = "[0-9]+";
    static final String ASCII_DIGITS_3 = "[0-9][0-9][0-9]";

    static final String NEWLINE = "[\\r\\n]";

    /** Letters with case, of the scripts that DeepSeek's first tokenizer counts as such. */
    static final String DEEPSEEK_LLM_WORD =
            "\\s?[\\p{Lu}\\p{Ll}\\p{Lt}&&[^\u0560-\u0588\u10C7-\u10FF\u1C80-\u1C8F\u2D00-\u2D2F"
                    + "\uA790-\uA7FF\uAB30-\uAB6F\\x{10570}-\\x{105FF}\\x{10D50}-\\x{10D8F}"
                    + "\\x{16E40}-\\x{16EFF}\\x{1D400}-\\x{1DFFF}]]+";

    static final String DEEPSEEK_LLM_PUNCTUATION =
            "\\s?[!-/:-~\uFF01-\uFF0F\uFF1A-\uFF5E\u2018-\u201F\u3000-\u3002]+";

    /** White space that ends the piece; tried only where a run of it begins. */
    static final String TRAILING_SPACE = "(?<!\\s)\\s+\\z";

    static final String DEEPSEEK_CJK = "[\u4E00-\u9FA5\u0800-\u4E00\uAC00-\uD7FF]+";
    static final String DEEPSEEK_CODER_WORD = "\\s?\\p{L}+";
    static final String DEEPSEEK_CODER_PUNCTUATION = "\\s?\\p{P}+";

    static final String CJK = "[\u4E00-\u9FA5\u3040-\u309F\u30A0-\u30FF]+";
    private static final String ASCII_SYMBOL_AND_WORD =
            "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+";
    private static final String MARKED_WORD = "[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+";
    static final String DEEPSEEK_3 =
            either(
                    ASCII_SYMBOL_AND_WORD,
                    MARKED_WORD,
                    " ?[\\p{P}\\p{S}]+[\\r\\n]*",
                    NEWLINES,
                    SPACES);
    static final String SPARK =
            either(ASCII_SYMBOL_AND_WORD, MARKED_WORD, " ?[\\p{P}\\p{S}]+", NEWLINE, SPACES);
    static final String AFMOE_SCRIPTS =
            "[\u4E00-\u9FFF\u3400-\u4DBF\uF900-\uFAFF\u3040-\u309F\u30A0-\u30FF\uFF65-\uFF9F"
                    + "\u2F00-\u2FDF\u0E40-\u0E7F\u0EC0-\u0EFF\u1780-\u17FF\u1000-\u109F"
                    + "\uAA60-\uAA7F\uA9E0-\uA9FF\uAC00-\uD7AF\u1100-\u11FF]+";

    static final String BLOOM = " ?[^()|\\s.,!?\u2026\u3002\uFF0C\u3001\u0964\u06D4\u060C]+";

    static final String CHAMELEON_SENTINEL = "<sentinel:[0-9]+>";
    static final String CHAMELEON_IMAGE = "IMGIMG[A-I]{1,4}Z";
    static final String CHAMELEON_SPACE = "[\\t\\n]|    |  ";
    static final String PUNCTUATION_1 = "[\\p{P}!-/:-@\\[-`{-~]";

    static final String LINES = "[^\\n]+|\\n+";
    static final String NO_SPACE = "\\S+";

    private PreTokenizerPatterns() {}

    private static String either(String... alternatives) {
        return String.join("|", alternatives);
    }

    /** Words that end with lower case, then those in upper case, each with what may follow. */
    private static String casedWords(String upper, String lower, String suffix) {
        String prefix = "[^\\r\\n\\p{L}\\p{N}]?";
        return prefix + upper + "*" + lower + "+" + suffix + "|" + prefix + upper + "+" + lower
                + "*" + suffix;
    }
}
