package dev.parlance.engine.kvcache;

import dev.parlance.engine.kernel.Kernels;

import java.nio.ByteBuffer;

/** Keys and values as they are. */
record FloatBlock(float[] floats) implements KvBlock {
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
        for (int i = 0; i < layout.headLength(); i++) {
            floats[keys + i * KvLayout.TOKENS] = key[keyOffset + i];
        }
        int values = layout.values(layer, head) + slot * layout.valueStride();
        System.arraycopy(value, valueOffset, floats, values, layout.headLength());
    }

    @Override
    public void readKeys(KvLayout layout, int layer, int head, Kernels kernels, KvTile tile) {
        tile.show(floats, layout.keys(layer, head), KvLayout.TOKENS);
    }

    @Override
    public void readValues(KvLayout layout, int layer, int head, Kernels kernels, KvTile tile) {
        tile.show(floats, layout.values(layer, head), layout.valueStride());
    }

    @Override
    public KvBlock copy() {
        return new FloatBlock(floats.clone());
    }

    @Override
    public void save(ByteBuffer to) {
        to.asFloatBuffer().put(floats);
        to.position(to.position() + floats.length * Float.BYTES);
    }

    @Override
    public void restore(ByteBuffer from) {
        from.asFloatBuffer().get(floats);
        from.position(from.position() + floats.length * Float.BYTES);
    }
}
