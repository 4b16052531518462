package dev.parlance.engine.kvcache;

/**
 * The keys or the values of one head in one block, as floats to compute with.
 *
 * <p>Keys are {@code headLength x 16}: a row holds one dimension of all the block's positions.
 * Values are {@code 16 x headLength}: a row holds one position, filled up with zeros to a multiple
 * of 16. So whatever is computed with them, a vector's lanes are results of their own.
 *
 * <p>Scratch memory of one thread, made by {@link KvCache#newTile}. What it shows lasts until the
 * next read into it, and is not to be written to: it may be the block itself.
 */
public final class KvTile {
    private final float[] buffer;
    private float[] floats;
    private int offset;
    private int stride;

    KvTile(int length) {
        this.buffer = new float[length];
        this.floats = buffer;
    }

    /** Where decoded floats go. */
    float[] buffer() {
        return buffer;
    }

    /** Shows what has been decoded into the buffer. */
    void showBuffer(int newStride) {
        show(buffer, 0, newStride);
    }

    /** Shows floats that lie elsewhere. */
    void show(float[] newFloats, int newOffset, int newStride) {
        floats = newFloats;
        offset = newOffset;
        stride = newStride;
    }

    /** The array that holds the rows. */
    public float[] floats() {
        return floats;
    }

    /** Where the first row starts. */
    public int offset() {
        return offset;
    }

    /** Floats from one row to the next, a multiple of 16. */
    public int stride() {
        return stride;
    }
}
