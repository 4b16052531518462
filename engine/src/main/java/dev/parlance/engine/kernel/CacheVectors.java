package dev.parlance.engine.kernel;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Widens stored keys and values of 8 bits, as {@link CacheNumbers} does. */
final class CacheVectors {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int LANES = F.length();
    private static final int COLUMNS = Kernels.TILE_COLUMNS;
    private static final int GROUP = CacheNumbers.GROUP;

    /** There is no vector of four bytes; that part of the API is left to wider registers. */
    private static final boolean NARROW = LANES < 8;

    private static final VectorSpecies<Byte> B =
            LANES == 16 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;

    private CacheVectors() {}

    static void widenColumns(
            byte[] bytes,
            int bytesOffset,
            float[] scales,
            int scalesOffset,
            float[] out,
            int outOffset,
            int rows) {
        if (NARROW) {
            CacheNumbers.widenColumns(
                    bytes, bytesOffset, scales, scalesOffset, out, outOffset, rows);
            return;
        }
        for (int r = 0; r < rows; r += GROUP) {
            int first = r * COLUMNS;
            int end = Math.min(rows, r + GROUP) * COLUMNS;
            for (int j = 0; j < COLUMNS; j += LANES) {
                FloatVector scale =
                        FloatVector.fromArray(F, scales, scalesOffset + r / GROUP * COLUMNS + j);
                for (int i = first + j; i < end; i += COLUMNS) {
                    ByteVector stored = ByteVector.fromArray(B, bytes, bytesOffset + i);
                    FloatVector wide = (FloatVector) stored.castShape(F, 0);
                    wide.mul(scale).intoArray(out, outOffset + i);
                }
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
        if (NARROW) {
            CacheNumbers.widenGroups(
                    bytes, bytesOffset, scales, scalesOffset, out, outOffset, groups);
            return;
        }
        for (int group = 0; group < groups; group++) {
            FloatVector scale = FloatVector.broadcast(F, scales[scalesOffset + group]);
            int first = group * GROUP;
            for (int i = first; i < first + GROUP; i += LANES) {
                ByteVector stored = ByteVector.fromArray(B, bytes, bytesOffset + i);
                FloatVector wide = (FloatVector) stored.castShape(F, 0);
                wide.mul(scale).intoArray(out, outOffset + i);
            }
        }
    }
}
