package dev.parlance.engine.kernel;

/** What stored keys and values stand for; see {@link Kernels#widen} and what follows there. */
final class CacheNumbers {
    /** Bytes, or rows of bytes, that share a scale. */
    static final int GROUP = 32;

    private static final int COLUMNS = Kernels.TILE_COLUMNS;

    private CacheNumbers() {}

    /** Serves vectors too: C2 turns this loop into conversions that the Vector API lacks. */
    static void widen(short[] halves, int halvesOffset, float[] out, int outOffset, int length) {
        for (int i = 0; i < length; i++) {
            out[outOffset + i] = Float.float16ToFloat(halves[halvesOffset + i]);
        }
    }

    static void widenColumns(
            byte[] bytes,
            int bytesOffset,
            float[] scales,
            int scalesOffset,
            float[] out,
            int outOffset,
            int rows) {
        for (int r = 0; r < rows; r++) {
            int at = r * COLUMNS;
            int scale = scalesOffset + r / GROUP * COLUMNS;
            for (int j = 0; j < COLUMNS; j++) {
                out[outOffset + at + j] = bytes[bytesOffset + at + j] * scales[scale + j];
            }
        }
    }

    static void widenGroups(
            byte[] bytes,
            int bytesOffset,
            float[] scales,
            int scalesOffset,
            float[] out,
            int outOffset,
            int groups) {
        for (int group = 0; group < groups; group++) {
            float scale = scales[scalesOffset + group];
            int at = group * GROUP;
            for (int i = at; i < at + GROUP; i++) {
                out[outOffset + i] = bytes[bytesOffset + i] * scale;
            }
        }
    }
}
