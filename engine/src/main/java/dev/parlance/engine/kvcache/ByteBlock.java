package dev.parlance.engine.kvcache;

import dev.parlance.engine.kernel.Kernels;

import java.nio.ByteBuffer;

/**
 * Keys and values as whole numbers of 8 bits times a scale, which {@value KvLayout#GROUP}
 * dimensions of one position's key or value share: the numbers of GGUF's Q8_0 but for its scale of
 * half precision. Source: ggml's quantize_row_q8_0_ref in ggml-quants.c.
 */
record ByteBlock(byte[] bytes, float[] scales) implements KvBlock {
    private static final int MOST = 127;

    /** Bound of what is kept, so that no product with a rounded scale is infinite. */
    private static final float GREATEST = 3e38f;

    @Override
    public void write(
            KvLayout layout,
            int layer,
            int head,
            int slot,
            float[] key,
            int keyOffset,
            float[] value,
            int valueOffset) {
        int keys = layout.keys(layer, head) + slot;
        int values = layout.values(layer, head) + slot * layout.valueStride();
        int keyScales = layout.keyScales(layer, head) + slot;
        int valueScales = layout.valueScales(layer, head) + slot * layout.groups();
        for (int group = 0; group < layout.groups(); group++) {
            int first = group * KvLayout.GROUP;
            int length = Math.min(KvLayout.GROUP, layout.headLength() - first);
            scales[keyScales + group * KvLayout.TOKENS] =
                    quantise(
                            key,
                            keyOffset + first,
                            length,
                            keys + first * KvLayout.TOKENS,
                            KvLayout.TOKENS);
            scales[valueScales + group] =
                    quantise(value, valueOffset + first, length, values + first, 1);
        }
    }

    /** Rounds numbers of one group; returns their scale. */
    private float quantise(float[] x, int offset, int length, int at, int step) {
        float most = 0;
        for (int i = 0; i < length; i++) {
            most = Math.max(most, Math.abs(x[offset + i]));
        }
        float scale = Math.min(most, GREATEST) / MOST;
        float inverse = scale == 0 ? 0 : 1 / scale;
        for (int i = 0; i < length; i++) {
            bytes[at + i * step] =
                    (byte) Math.clamp(Math.rint(x[offset + i] * inverse), -MOST, MOST);
        }
        return scale;
    }

    @Override
    public void readKeys(KvLayout layout, int layer, int head, Kernels kernels, KvTile tile) {
        kernels.widenColumns(
                bytes,
                layout.keys(layer, head),
                scales,
                layout.keyScales(layer, head),
                tile.buffer(),
                0,
                layout.headLength());
        tile.showBuffer(KvLayout.TOKENS);
    }

    @Override
    public void readValues(KvLayout layout, int layer, int head, Kernels kernels, KvTile tile) {
        kernels.widenGroups(
                bytes,
                layout.values(layer, head),
                scales,
                layout.valueScales(layer, head),
                tile.buffer(),
                0,
                KvLayout.TOKENS * layout.groups());
        tile.showBuffer(layout.valueStride());
    }

    @Override
    public KvBlock copy() {
        return new ByteBlock(bytes.clone(), scales.clone());
    }

    @Override
    public void save(ByteBuffer to) {
        to.put(bytes);
        to.asFloatBuffer().put(scales);
        to.position(to.position() + scales.length * Float.BYTES);
    }

    @Override
    public void restore(ByteBuffer from) {
        from.get(bytes);
        from.asFloatBuffer().get(scales);
        from.position(from.position() + scales.length * Float.BYTES);
    }
}
