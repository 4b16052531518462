package dev.parlance.engine;

/**
 * What a loaded model is, for people and for {@code /v1/models}.
 *
 * @param name the name its file gives it, or the file's name
 * @param architecture the family, as GGUF writes it
 * @param contextLength most positions of a sequence here: the trained maximum or less
 * @param parameterCount weights in all
 * @param sizeBytes bytes of the stored weights
 * @param fingerprint changes with whatever decides what a prompt and a seed give: the weights, the
 *     chat template, the tokenizer, the arithmetic
 */
public record ModelDescription(
        String name,
        String architecture,
        int contextLength,
        int vocabularySize,
        long parameterCount,
        long sizeBytes,
        String fingerprint) {}
