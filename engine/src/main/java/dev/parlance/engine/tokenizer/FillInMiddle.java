package dev.parlance.engine.tokenizer;

/**
 * The tokens by which a code model is asked for what stands between two texts.
 *
 * @param prefix before the text that comes before the gap
 * @param suffix before the text that comes after the gap
 * @param middle where the text of the gap is to begin
 */
public record FillInMiddle(int prefix, int suffix, int middle) {
    /**
     * The prompt that asks for the gap: prefix, suffix, middle, the order that all known models
     * were trained for.
     *
     * <p>Source: Bavarian et al., Efficient Training of Language Models to Fill in the Middle, 2022
     * ("PSM").
     *
     * @param before its first token stays first if it is {@code bos}
     * @param bos the token that begins texts, or one that is in no text
     */
    public int[] prompt(int[] before, int[] after, int bos) {
        IntList prompt = new IntList();
        int start = before.length > 0 && before[0] == bos ? 1 : 0;
        if (start == 1) {
            prompt.add(bos);
        }
        prompt.add(prefix);
        for (int i = start; i < before.length; i++) {
            prompt.add(before[i]);
        }
        prompt.add(suffix);
        for (int id : after) {
            prompt.add(id);
        }
        prompt.add(middle);
        return prompt.toArray();
    }
}
