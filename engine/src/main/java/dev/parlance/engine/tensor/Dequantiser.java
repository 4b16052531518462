package dev.parlance.engine.tensor;

import dev.parlance.engine.gguf.GgmlType;
import dev.parlance.engine.gguf.UnsupportedModelException;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Turns stored blocks of one {@link GgmlType} into floats: the scalar definition of what a weight
 * is.
 *
 * <p>Bit for bit what ggml's {@code dequantize_row_*} functions compute, in their order of rounding
 * and without fused multiply-adds. Threads: safe. Source: block layouts of ggml-common.h and
 * formulas of ggml-quants.c, llama.cpp.
 */
public final class Dequantiser {
    /** Writes the values of the block at byte {@code at} to {@code out[offset …]}. */
    @FunctionalInterface
    interface Block {
        void dequantise(byte[] data, int at, float[] out, int offset);
    }

    private static final Map<GgmlType, Dequantiser> BY_TYPE = table();

    private final GgmlType type;
    private final Block block;

    private Dequantiser(GgmlType type, Block block) {
        this.type = type;
        this.block = block;
    }

    private static Map<GgmlType, Dequantiser> table() {
        Map<GgmlType, Block> blocks = new EnumMap<>(GgmlType.class);
        blocks.put(GgmlType.F32, FloatBlocks::f32);
        blocks.put(GgmlType.F16, FloatBlocks::f16);
        blocks.put(GgmlType.BF16, FloatBlocks::bf16);
        blocks.put(GgmlType.Q4_0, LinearBlocks::q4WithoutMinimum);
        blocks.put(GgmlType.Q4_1, LinearBlocks::q4WithMinimum);
        blocks.put(GgmlType.Q5_0, LinearBlocks::q5WithoutMinimum);
        blocks.put(GgmlType.Q5_1, LinearBlocks::q5WithMinimum);
        blocks.put(GgmlType.Q8_0, LinearBlocks::q8);
        blocks.put(GgmlType.Q2_K, SuperBlocks::q2);
        blocks.put(GgmlType.Q3_K, SuperBlocks::q3);
        blocks.put(GgmlType.Q4_K, SuperBlocks::q4);
        blocks.put(GgmlType.Q5_K, SuperBlocks::q5);
        blocks.put(GgmlType.Q6_K, SuperBlocks::q6);
        blocks.put(GgmlType.IQ4_NL, CodebookBlocks::iq4Nl);
        blocks.put(GgmlType.IQ4_XS, CodebookBlocks::iq4Xs);
        blocks.put(GgmlType.MXFP4, CodebookBlocks::mxfp4);
        blocks.put(GgmlType.TQ1_0, TernaryBlocks::tq1);
        blocks.put(GgmlType.TQ2_0, TernaryBlocks::tq2);
        Map<GgmlType, Dequantiser> table = new EnumMap<>(GgmlType.class);
        blocks.forEach((type, block) -> table.put(type, new Dequantiser(type, block)));
        return Collections.unmodifiableMap(table);
    }

    /** The types this engine computes with. */
    public static Set<GgmlType> supportedTypes() {
        return BY_TYPE.keySet();
    }

    /** The dequantiser of a type, if this engine computes with it. */
    public static Optional<Dequantiser> find(GgmlType type) {
        return Optional.ofNullable(BY_TYPE.get(type));
    }

    /**
     * The dequantiser of a matrix's type.
     *
     * <p>Errors: {@link UnsupportedModelException} names the matrix, its type and the types there
     * are.
     */
    public static Dequantiser of(Matrix matrix) {
        return find(matrix.type())
                .orElseThrow(() ->
                        new UnsupportedModelException(
                                "tensor '"
                                        + matrix.name()
                                        + "' is stored as "
                                        + matrix.type()
                                        + ", which this engine does not compute with;"
                                        + " supported are "
                                        + supportedTypes().stream()
                                                .map(GgmlType::name)
                                                .collect(Collectors.joining(", "))));
    }

    public GgmlType type() {
        return type;
    }

    /** Writes the values of {@code blocks} blocks that start at byte {@code at} of {@code data}. */
    public void dequantise(MemorySegment data, long at, int blocks, float[] out, int outOffset) {
        byte[] stored = new byte[blocks * type.blockBytes()];
        MemorySegment.copy(data, ValueLayout.JAVA_BYTE, at, stored, 0, stored.length);
        dequantise(stored, 0, blocks, out, outOffset);
    }

    /** Writes the values of {@code blocks} blocks that start at {@code data[at]}. */
    public void dequantise(byte[] data, int at, int blocks, float[] out, int outOffset) {
        int values = type.blockValues();
        int bytes = type.blockBytes();
        for (int i = 0; i < blocks; i++) {
            block.dequantise(data, at + i * bytes, out, outOffset + i * values);
        }
    }
}
