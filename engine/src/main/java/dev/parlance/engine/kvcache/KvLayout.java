package dev.parlance.engine.kvcache;

/**
 * Where in a block the keys and values of a layer's head are: its page, keys before values.
 *
 * <p>A page has {@code headLength x 16} keys and {@code 16 x valueStride} values; see {@link
 * KvTile}. Beside them lie their scales, where the storage has any: {@code groups x 16} of the keys
 * and {@code 16 x groups} of the values.
 *
 * @param valueStride values from one position to the next
 */
record KvLayout(KvShape shape, int valueStride) {
    static final int TOKENS = KvCache.BLOCK_TOKENS;

    /** Dimensions that share a scale. */
    static final int GROUP = 32;

    static KvLayout of(KvShape shape, KvStorage storage) {
        int multiple =
                switch (storage) {
                    case F32, F16 -> TOKENS;
                    case Q8_0 -> GROUP;
                };
        return new KvLayout(shape, Math.ceilDiv(shape.headLength(), multiple) * multiple);
    }

    int headLength() {
        return shape.headLength();
    }

    /** Groups of dimensions of a head. */
    int groups() {
        return Math.ceilDiv(shape.headLength(), GROUP);
    }

    private int pages() {
        return Math.multiplyExact(shape.layers(), shape.heads());
    }

    /** Values of a block. */
    int blockLength() {
        return Math.multiplyExact(pages(), pageLength());
    }

    /** Scales of a block. */
    int scaleCount() {
        return Math.multiplyExact(pages(), 2 * TOKENS * groups());
    }

    private int pageLength() {
        return TOKENS * (headLength() + valueStride);
    }

    private int page(int layer, int head) {
        return layer * shape.heads() + head;
    }

    int keys(int layer, int head) {
        return page(layer, head) * pageLength();
    }

    int values(int layer, int head) {
        return keys(layer, head) + TOKENS * headLength();
    }

    int keyScales(int layer, int head) {
        return page(layer, head) * 2 * TOKENS * groups();
    }

    int valueScales(int layer, int head) {
        return keyScales(layer, head) + TOKENS * groups();
    }

    /** Floats of a tile that holds keys or values. */
    int tileLength() {
        return TOKENS * valueStride;
    }
}
