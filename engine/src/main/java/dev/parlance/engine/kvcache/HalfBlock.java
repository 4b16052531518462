package dev.parlance.engine.kvcache;

import dev.parlance.engine.kernel.Kernels;

import java.nio.ByteBuffer;

/** Keys and values as IEEE halves, rounded to the nearest. */
record HalfBlock(short[] halves) implements KvBlock {
    private static final float MAX = 65_504;

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
        for (int i = 0; i < layout.headLength(); i++) {
            halves[keys + i * KvLayout.TOKENS] = half(key[keyOffset + i]);
            halves[values + i] = half(value[valueOffset + i]);
        }
    }

    /** What is too great becomes the greatest half: an infinity would spread to other positions. */
    private static short half(float value) {
        return Float.floatToFloat16(Math.clamp(value, -MAX, MAX));
    }

    @Override
    public void readKeys(KvLayout layout, int layer, int head, Kernels kernels, KvTile tile) {
        int length = KvLayout.TOKENS * layout.headLength();
        kernels.widen(halves, layout.keys(layer, head), tile.buffer(), 0, length);
        tile.showBuffer(KvLayout.TOKENS);
    }

    @Override
    public void readValues(KvLayout layout, int layer, int head, Kernels kernels, KvTile tile) {
        int length = KvLayout.TOKENS * layout.valueStride();
        kernels.widen(halves, layout.values(layer, head), tile.buffer(), 0, length);
        tile.showBuffer(layout.valueStride());
    }

    @Override
    public KvBlock copy() {
        return new HalfBlock(halves.clone());
    }

    @Override
    public void save(ByteBuffer to) {
        to.asShortBuffer().put(halves);
        to.position(to.position() + halves.length * Short.BYTES);
    }

    @Override
    public void restore(ByteBuffer from) {
        from.asShortBuffer().get(halves);
        from.position(from.position() + halves.length * Short.BYTES);
    }
}
