package dev.parlance.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.engine.tokenizer.Splitter.ByPattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

class PreTokenizerTest {
    private static final int LONG_TEXT = 8_000;

    /**
     * The patterns have up to a dozen alternatives, each of which may look at a character twice.
     */
    private static final int MAX_LOOKS = 100;

    /** One name of each pre-tokenizer. */
    static List<String> firstNames() {
        Set<PreTokenizer> seen = new HashSet<>();
        return PreTokenizer.names().stream()
                .filter(name -> seen.add(PreTokenizer.find(name).orElseThrow()))
                .toList();
    }

    private static List<String> split(List<Splitter> splitters, String text) {
        IntList ends = new IntList();
        ends.add(text.length());
        for (Splitter splitter : splitters) {
            ends = splitter.split(text, ends);
        }
        List<String> pieces = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < ends.size(); i++) {
            pieces.add(text.substring(start, ends.get(i)));
            start = ends.get(i);
        }
        return pieces;
    }

    private static List<String> split(String name, String text) {
        return split(PreTokenizer.find(name).orElseThrow().splitters(), text);
    }

    /**
     * Pieces between bars; a newline is written N. Expected by hand from the definitions in the
     * models' tokenizer.json files.
     */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            ignoreLeadingAndTrailingWhitespace = false,
            quoteCharacter = '`',
            value = {
                "gpt-2;Hello| world|'s| 123456|  | x|!!|NN;Hello world's 123456   x!!NN",
                "gpt-2;HE|'|S| it|'s;HE'S it's",
                "mpt;a|  | b|  ;a   b  ",
                "default;Hello|,| world| |123|4|+|`|x;Hello, world 1234+`x",
                "default;a| |12| b;a 12 b",
                "falcon;Hello|,| world| |123|4|+`|x;Hello, world 1234+`x",
                "falcon;a| |12| b;a 12 b",
                "falcon;\u0661\u0662| \u0663;\u0661\u0662 \u0663",
                "starcoder;a| |1|2|.|5| b;a 12.5 b",
                "refact;x| =| |1|0|.|N;x = 10.N",
                "smollm;I|'m| |4|2;I'm 42",
                "command-r;v|2| |\u00bd;v2 \u00bd",
                "codeshell;x|1|y;x1y",
                "exaone;x|1|y;x1y",
                "minerva-7b;x|1|y;x1y",
                "llama-bpe;HE|'S| |123|4|!NN| x;HE'S 1234!NN x",
                "llama3;(foo|).|  | bar;(foo).   bar",
                "dbrx;it|'LL| go|N;it'LL goN",
                "chatglm-bpe; x| |123|4; x 1234",
                "qwen2;it|'s| |1|2|3|..NN| y;it's 123..NN y",
                "qwen2;e|\u0301;e\u0301",
                "qwen35;e\u0301| x\u0301;e\u0301 x\u0301",
                "stablelm2;x|9|9;x99",
                "hunyuan;x|9|9;x99",
                "megrez;x|9|9;x99",
                "grok-2;x|9|9;x99",
                "ufakzeka;Ankara|'da| |5;Ankara'da 5",
                "seed-coder;a|!!|N|b;a!!Nb",
                "bailingmoe;I|'d|NN|x| |7;I'dNNx 7",
                "exaone-moe;a b c| |1|//N|N;a b c 1//NN",
                "minicpm5;ab| |123|45|.;ab 12345.",
                "laguna;a| |NN| b;a NN b",
                "deepseek-llm;ab| cd|1|2|\u4e2d\u6587|,|N;ab cd12\u4e2d\u6587,N",
                "deepseek-llm;a|   ;a   ",
                "deepseek-coder;ab| cd|1|2| !|\u4e2d\u6587;ab cd12 !\u4e2d\u6587",
                "deepseek-v3;ab|.cd|123|4|\u4e2d\u3042| ;ab.cd1234\u4e2d\u3042 ",
                "deepseek-v3;x\u0301y| !!N| z;x\u0301y !!N z",
                "hunyuan-dense;ab|123|4;ab1234",
                "spark2_5;ab| !!|N|x;ab !!Nx",
                "youtu;ab|\uac00|\u3105|\u4e2d\u6587|,/N|1|2;ab\uac00\u3105\u4e2d\u6587,/N12",
                "tekken;Hello|World|ABCdef| |1|2|,/N;HelloWorldABCdef 12,/N",
                "tekken;don|'t;don't",
                "gpt-4o;Hello|World's;HelloWorld's",
                "gpt-4o;don't| ABCD's| |123|4|//N;don't ABCD's 1234//N",
                "llama4;it's;it's",
                "kimi-k2;\u4e2d\u6587|ab's| |123|4;\u4e2d\u6587ab's 1234",
                "kimi-k2;ab|\u4e2d|cd;ab\u4e2dcd",
                "tiny_aya;a| |1|234|567| b;a 1234567 b",
                "tiny_aya;v|123|4|x;v1234x",
                "superbpe;by the way |1|234|567| or so;by the way 1234567 or so",
                "superbpe;x|123;x123",
                "afmoe;a| |12|345|\u4e2d|b;a 12345\u4e2db",
                "bloom;a| b|,| c|(|d;a b, c(d",
                "poro-chat;a| b|.;a b.",
                "viking;a| b|1|2|.;a b12.",
                "gpt3-finnish;a|!| b;a! b",
                "chameleon;a|!|?|  |b| c|4|2;a!?  b c42",
                "jais-2;a|    |  | b;a       b",
                "gemma4;a b c|NN|d;a b cNNd",
                "sarvam-moe;a b|N|c;a bNc",
                "whitespace;a|  |b;a  b"
            })
    void cutsTextAsTheModelsDefinitionSays(String name, String expected, String text) {
        String real = text.replace('N', '\n');
        assertThat(String.join("|", split(name, real))).isEqualTo(expected.replace('N', '\n'));
    }

    @ParameterizedTest
    @MethodSource("firstNames")
    void losesNothing(String name) {
        List<Splitter> splitters = PreTokenizer.find(name).orElseThrow().splitters();
        Random random = new Random(name.hashCode());
        for (int round = 0; round < 200; round++) {
            String text = RandomTexts.text(random, 30);
            List<String> pieces = split(splitters, text);
            assertThat(String.join("", pieces)).isEqualTo(text);
            assertThat(pieces).doesNotContain("");
        }
    }

    @ParameterizedTest
    @MethodSource("firstNames")
    void looksAtEachCharacterOfALongTextAFewTimes(String name) {
        List<Splitter> splitters = PreTokenizer.find(name).orElseThrow().splitters();
        for (String part :
                List.of("a", "A", " ", "\n", "!", "1", "\u4e2d", "a ", "\u0301", " \n", "\u00b2")) {
            for (String end : List.of("", "x", "\n")) {
                String text = part.repeat(LONG_TEXT / part.length()) + end;
                CountedText counted = new CountedText(text);
                IntList ends = new IntList();
                ends.add(text.length());
                for (Splitter splitter : splitters) {
                    ends = splitter.split(counted, ends);
                }
                assertThat(ends.get(ends.size() - 1)).isEqualTo(text.length());
                assertThat(counted.looks)
                        .as("'%s' and '%s'", part, end)
                        .isLessThan(MAX_LOOKS * (long) text.length());
            }
        }
    }

    /** Counts how often its characters are looked at. */
    private static final class CountedText implements CharSequence {
        private final String text;
        private long looks;

        private CountedText(String text) {
            this.text = text;
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            looks++;
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.substring(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }

    @Test
    void groupsOfThousandsAreThoseOfThePatternsTheyStandFor() {
        assertSameSplits(
                List.of(ByPattern.of("\\p{N}+"), ByPattern.of("(?=(\\d{3})+(?!\\d))")),
                PreTokenizer.find("superbpe").orElseThrow().splitters());
        assertSameSplits(
                List.of(
                        ByPattern.of("\\d{1,3}(?=(?:\\d{3})*\\b)"),
                        ByPattern.of(PreTokenizerPatterns.GPT_4O)),
                PreTokenizer.find("tiny_aya").orElseThrow().splitters());
    }

    @Test
    void rewrittenPatternsCutAsTheOriginals() {
        String contraction = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|";
        assertSameSplits(
                List.of(
                        ByPattern.of(
                                contraction
                                        + "[^\\r\\n\\p{L}\\p{N}]?(?:\\p{L}\\p{M}*(?:"
                                        + " \\p{L}\\p{M}*)*)+|\\p{N}|"
                                        + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]?|\\s*[\\r\\n]"
                                        + "|\\s+(?!\\S)|\\s+")),
                PreTokenizer.find("exaone-moe").orElseThrow().splitters());
        assertSameSplits(
                List.of(
                        ByPattern.of(
                                contraction
                                        + "[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
                                        + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+"
                                        + "|\\s{512}(?!\\S)|\\s{256}(?!\\S)|\\s{128}(?!\\S)"
                                        + "|\\s{64}(?!\\S)|\\s{32}(?!\\S)|\\s{16}(?!\\S)"
                                        + "|\\s{8}(?!\\S)|\\s{4}(?!\\S)|\\s{1,2}(?!\\S)|\\s{1}")),
                PreTokenizer.find("jais-2").orElseThrow().splitters());
        assertSameSplits(
                List.of(ByPattern.of("[\\r\\n]"), ByPattern.of("\\s+\\z")),
                List.of(
                        ByPattern.of("[\\r\\n]"),
                        ByPattern.of(PreTokenizerPatterns.TRAILING_SPACE)));
    }

    private static void assertSameSplits(List<Splitter> expected, List<Splitter> actual) {
        Random random = new Random(5);
        for (int round = 0; round < 2000; round++) {
            String text = RandomTexts.text(random, 25);
            assertThat(split(actual, text)).as(text).isEqualTo(split(expected, text));
        }
    }

    @Test
    void letterClassOfDeepSeekIsItsListOfRanges() {
        ByPattern word = ByPattern.of(PreTokenizerPatterns.DEEPSEEK_LLM_WORD);
        for (String cased :
                List.of("a", "\u00b5", "\u0416", "\u10a0", "\uab70", "\u2c7b", "\uff21")) {
            assertThat(word.pattern().matcher(cased).matches()).as(cased).isTrue();
        }
        for (String other :
                List.of("\u01bb", "\u0561", "\u10d0", "\ua790", "\ud835\udc00", "\u2d00")) {
            assertThat(word.pattern().matcher(other).matches()).as(other).isFalse();
        }
    }

    @Test
    void anUnknownNameIsNotFound() {
        assertThat(PreTokenizer.find("no-such-name")).isEmpty();
    }
}
