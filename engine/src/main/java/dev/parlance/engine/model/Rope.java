package dev.parlance.engine.model;

import dev.parlance.engine.kernel.Kernels;
import dev.parlance.engine.model.ArchitectureSpec.PositionEncoding;

import java.util.Arrays;

/**
 * Rotary position embedding: turns pairs of a head's dimensions by angles that grow with the
 * position.
 *
 * <p>A model may have a second set of frequencies for sequences that reach beyond its first
 * context: a prompt is rotated by one set throughout, chosen by its length, as Hugging Face's
 * longrope does.
 *
 * <p>{@link #prepare} computes a step's sines and cosines once; layers with the same frequencies
 * share them. Threads: prepared by the engine thread; {@link #rotate} may then run on any. Source:
 * RoFormer, arXiv 2104.09864.
 */
final class Rope {
    private final boolean adjacentPairs;
    private final float[] frequencies;
    private final float[] farFrequencies;
    private final int farFrom;
    private final float magnitude;

    /** rows x pairs; empty until prepared. */
    private float[] cosines = new float[0];

    private float[] sines = new float[0];

    /**
     * @param frequencies radians per position, one for each pair; the dimensions after the pairs
     *     stay as they are
     * @param farFrequencies those of sequences that reach beyond {@code farFrom} positions
     * @param magnitude factor of what is rotated
     */
    Rope(
            PositionEncoding encoding,
            float[] frequencies,
            float[] farFrequencies,
            int farFrom,
            float magnitude) {
        this.adjacentPairs = encoding == PositionEncoding.ROTATED_PAIRS;
        this.frequencies = frequencies.clone();
        this.farFrequencies = farFrequencies.clone();
        this.farFrom = farFrom;
        this.magnitude = magnitude;
    }

    /**
     * Whether the positions of a prompt are rotated by other frequencies than those of short ones.
     */
    boolean isFar(int promptLength) {
        return promptLength > farFrom && !Arrays.equals(frequencies, farFrequencies);
    }

    /** Computes the angles of a step's rows. */
    void prepare(Rows rows, Kernels kernels) {
        int pairs = frequencies.length;
        if (cosines.length < rows.count() * pairs) {
            cosines = new float[rows.count() * pairs];
            sines = new float[rows.count() * pairs];
        }
        kernels.parallel(
                rows.count(),
                row -> {
                    int position = rows.position(row);
                    float[] chosen = rows.reach(row) > farFrom ? farFrequencies : frequencies;
                    for (int i = 0; i < pairs; i++) {
                        // The reference multiplies in float32, which at far positions is off by
                        // more than a rounding of the result; models are trained that way.
                        float angle = position * chosen[i];
                        cosines[row * pairs + i] = (float) Math.cos(angle) * magnitude;
                        sines[row * pairs + i] = (float) Math.sin(angle) * magnitude;
                    }
                });
    }

    /** Rotates {@code count} heads of {@code headLength} floats of a prepared row, in place. */
    void rotate(Kernels kernels, int row, float[] x, int offset, int count, int headLength) {
        int pairs = frequencies.length;
        for (int head = 0; head < count; head++) {
            int first = offset + head * headLength;
            kernels.rotate(x, first, adjacentPairs, cosines, sines, row * pairs, pairs);
        }
    }
}
