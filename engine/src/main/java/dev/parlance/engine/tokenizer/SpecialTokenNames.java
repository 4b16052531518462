package dev.parlance.engine.tokenizer;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Knows special tokens by their texts, because files often do not say what they mean or that they
 * are special.
 *
 * <p>A token with one of these texts is made a control token, unless it is a plain word that merges
 * build. Source: llama.cpp, llama-vocab.cpp, "auto-detect special tokens by text" and
 * "special_eog_ids".
 */
final class SpecialTokenNames {
    /** Texts after which a model has finished its turn. */
    private static final List<String> ENDS =
            List.of(
                    "<|eot_id|>",
                    "<|im_end|>",
                    "<|end|>",
                    "<|return|>",
                    "<|call|>",
                    "<|calls|>",
                    "<|flush|>",
                    "<end_of_turn>",
                    "<|endoftext|>",
                    "<|end_of_text|>",
                    "<|eom_id|>",
                    "<EOT>",
                    "_<EOT>",
                    "[EOT]",
                    "[EOS]",
                    "<end_of_utterance>",
                    "<eos>",
                    "<turn|>",
                    "<|tool_response>",
                    "<\uFF5Cend\u2581of\u2581sentence\uFF5C>",
                    "[e~[",
                    // What code models write when the file to complete is over.
                    "<|fim_pad|>",
                    "<fim-pad>",
                    "<fim_pad>",
                    "<PAD>",
                    "[PAD]",
                    "<|fim_repo|>",
                    "<|repo_name|>",
                    "<fim-repo>",
                    "<REPO>",
                    "<reponame>",
                    "<|file_sep|>");

    // Marks of code completion; they do not end anything.

    static final List<String> FILL_PREFIXES =
            List.of(
                    "<|fim_prefix|>",
                    "<fim-prefix>",
                    "<fim_prefix>",
                    "<\uFF5Cfim\u2581begin\uFF5C>",
                    "<PRE>",
                    "\u2581<PRE>",
                    "<|code_prefix|>",
                    "<|prefix|>");

    static final List<String> FILL_SUFFIXES =
            List.of(
                    "<|fim_suffix|>",
                    "<fim-suffix>",
                    "<fim_suffix>",
                    "<\uFF5Cfim\u2581hole\uFF5C>",
                    "<SUF>",
                    "\u2581<SUF>",
                    "<|code_suffix|>",
                    "<|suffix|>");

    static final List<String> FILL_MIDDLES =
            List.of(
                    "<|fim_middle|>",
                    "<fim-middle>",
                    "<fim_middle>",
                    "<\uFF5Cfim\u2581end\uFF5C>",
                    "<MID>",
                    "\u2581<MID>",
                    "<|code_middle|>",
                    "<|middle|>");

    private static final String END_OF_MESSAGE = "<|end|>";
    private static final String SENTENCE_END = "</s>";
    private static final String GEMMA_END = "<eos>";

    private final TokenTable table;
    private final TokenKind[] kinds;
    private final Predicate<String> isMadeByMerge;

    /**
     * @param kinds changed by {@link #apply}
     */
    SpecialTokenNames(TokenTable table, TokenKind[] kinds, Predicate<String> isMadeByMerge) {
        this.table = table;
        this.kinds = kinds;
        this.isMadeByMerge = isMadeByMerge;
    }

    /** Makes the known tokens control tokens and adds those that end a turn. */
    void apply(Set<Integer> endOfGeneration) {
        for (String text : ENDS) {
            int id = makeControl(text);
            if (id >= 0) {
                endOfGeneration.add(id);
            }
        }
        FILL_PREFIXES.forEach(this::makeControl);
        FILL_SUFFIXES.forEach(this::makeControl);
        FILL_MIDDLES.forEach(this::makeControl);
        // For Gemma this is a tag of HTML, which stands beside its own <eos>.
        if (table.find(GEMMA_END) < 0) {
            int id = makeControl(SENTENCE_END);
            if (id >= 0) {
                endOfGeneration.add(id);
            }
        }
        // Harmony (gpt-oss) and Solar end messages with <|end|>, but turns with other tokens.
        boolean endIsInnerMark =
                (has("<|return|>") && has("<|call|>"))
                        || (has("<|flush|>") && (has("<|call|>") || has("<|calls|>")));
        if (endIsInnerMark) {
            endOfGeneration.remove(table.find(END_OF_MESSAGE));
        }
    }

    private boolean has(String text) {
        return table.find(text) >= 0;
    }

    private int makeControl(String text) {
        int id = table.find(text);
        if (id < 0) {
            return -1;
        }
        boolean isPlain = kinds[id] == TokenKind.NORMAL && isMadeByMerge.test(text);
        if (isPlain) {
            return -1;
        }
        kinds[id] = TokenKind.CONTROL;
        return id;
    }
}
