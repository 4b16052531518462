package dev.parlance.engine.tokenizer;

import java.nio.charset.StandardCharsets;

/**
 * Writes characters that a vocabulary lacks: as {@code <0xXX>} tokens where it has them for all
 * bytes, else as its unknown token, once for a run of them; as nothing where it has neither.
 *
 * <p>Source: SentencePiece, sentencepiece_processor.cc, {@code PopulateSentencePieceText}.
 */
final class ByteFallback {
    private ByteFallback() {}

    static void append(GgufVocabulary vocabulary, char[] text, int start, int end, IntList ids) {
        byte[] utf8 = new String(text, start, end - start).getBytes(StandardCharsets.UTF_8);
        if (canWrite(vocabulary, utf8)) {
            for (byte value : utf8) {
                ids.add(vocabulary.byteId(value & 0xFF));
            }
            return;
        }
        int unknown = vocabulary.specialIds().unknown();
        boolean continuesRun = ids.size() > 0 && ids.get(ids.size() - 1) == unknown;
        if (unknown >= 0 && !continuesRun) {
            ids.add(unknown);
        }
    }

    private static boolean canWrite(GgufVocabulary vocabulary, byte[] utf8) {
        for (byte value : utf8) {
            if (vocabulary.byteId(value & 0xFF) < 0) {
                return false;
            }
        }
        return true;
    }
}
