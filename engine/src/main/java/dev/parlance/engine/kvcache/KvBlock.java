package dev.parlance.engine.kvcache;

import dev.parlance.engine.kernel.Kernels;

import java.nio.ByteBuffer;

/** The memory of one block. Threads: positions may be written at once, each by one thread. */
sealed interface KvBlock permits FloatBlock, HalfBlock, ByteBlock {
    /** Keeps the key and the value of one head. */
    void write(
            KvLayout layout,
            int layer,
            int head,
            int slot,
            float[] key,
            int keyOffset,
            float[] value,
            int valueOffset);

    void readKeys(KvLayout layout, int layer, int head, Kernels kernels, KvTile tile);

    void readValues(KvLayout layout, int layer, int head, Kernels kernels, KvTile tile);

    KvBlock copy();

    /** Puts all it holds: {@link #bytes} many, in the buffer's order of bytes. */
    void save(ByteBuffer to);

    /** Takes back what {@link #save} has put. */
    void restore(ByteBuffer from);

    static KvBlock of(KvStorage storage, KvLayout layout) {
        return switch (storage) {
            case F32 -> new FloatBlock(new float[layout.blockLength()]);
            case F16 -> new HalfBlock(new short[layout.blockLength()]);
            case Q8_0 ->
                    new ByteBlock(new byte[layout.blockLength()], new float[layout.scaleCount()]);
        };
    }

    static long bytes(KvStorage storage, KvLayout layout) {
        long values = layout.blockLength();
        return switch (storage) {
            case F32 -> values * Float.BYTES;
            case F16 -> values * Short.BYTES;
            case Q8_0 -> values + (long) layout.scaleCount() * Float.BYTES;
        };
    }
}
