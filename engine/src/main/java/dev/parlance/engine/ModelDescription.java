package dev.parlance.engine;

/**
 * What a loaded model is, for people and for {@code /v1/models}.
 *
 * @param name the name its file gives it, or the file's name
 * @param architecture the family, as GGUF writes it
 * @param contextLength most positions of a sequence here: the trained maximum or less
 * @param parameterCount weights in all
 * @param sizeBytes bytes of the stored weights
 */
public record ModelDescription(
        String name,
        String architecture,
        int contextLength,
        int vocabularySize,
        long parameterCount,
        long sizeBytes) {}
