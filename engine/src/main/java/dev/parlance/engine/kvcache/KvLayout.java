package dev.parlance.engine.kvcache;

/**
 * Where in a block the keys and values of a layer's head are: its page, keys before values. Layers
 * are counted within the block's group.
 *
 * <p>A page has {@code headLength x 16} keys and {@code 16 x valueStride} values; see {@link
 * KvTile}. Beside them lie their scales, where the storage has any: {@code groups x 16} of the keys
 * and {@code 16 x groups} of the values.
 *
 * @param layers whose keys and values a block holds
 * @param valueStride values from one position to the next
 */
record KvLayout(int layers, int heads, int headLength, int valueStride) {
    static final int TOKENS = KvCache.BLOCK_TOKENS;

    /** Dimensions that share a scale. */
    static final int GROUP = 32;

    static KvLayout of(KvShape shape, KvStorage storage) {
        int multiple =
                switch (storage) {
                    case F32, F16 -> TOKENS;
                    case Q8_0 -> GROUP;
                };
        return new KvLayout(
                shape.groups().layers(),
                shape.heads(),
                shape.headLength(),
                Math.ceilDiv(shape.headLength(), multiple) * multiple);
    }

    /** Groups of dimensions of a head. */
    int groups() {
        return Math.ceilDiv(headLength, GROUP);
    }

    private int pages() {
        return Math.multiplyExact(layers, heads);
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
        return TOKENS * (headLength + valueStride);
    }

    private int page(int layer, int head) {
        return layer * heads + head;
    }

    int keys(int layer, int head) {
        return page(layer, head) * pageLength();
    }

    int values(int layer, int head) {
        return keys(layer, head) + TOKENS * headLength;
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
