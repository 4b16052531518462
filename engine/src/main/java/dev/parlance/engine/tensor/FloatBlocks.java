package dev.parlance.engine.tensor;

/** Weights stored as floating-point numbers; a block is one number. */
final class FloatBlocks {
    private FloatBlocks() {}

    static void f32(byte[] data, int at, float[] out, int offset) {
        out[offset] = Float.intBitsToFloat(StoredNumbers.integer(data, at));
    }

    static void f16(byte[] data, int at, float[] out, int offset) {
        out[offset] = StoredNumbers.half(data, at);
    }

    /** The upper half of a float32. */
    static void bf16(byte[] data, int at, float[] out, int offset) {
        out[offset] = Float.intBitsToFloat(StoredNumbers.unsignedShort(data, at) << 16);
    }
}
