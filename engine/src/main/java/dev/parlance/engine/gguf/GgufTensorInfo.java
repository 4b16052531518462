package dev.parlance.engine.gguf;

import java.util.List;
import java.util.stream.Collectors;

/**
 * One entry of the tensor directory.
 *
 * <p>Shapes: {@code dimensions} as GGUF has them, the fastest-running first, so a matrix of R rows
 * and C columns is {@code [C, R]}. {@code offset} is in bytes from the start of the data section of
 * split {@code splitIndex}.
 */
public record GgufTensorInfo(
        String name, GgmlType type, List<Long> dimensions, int splitIndex, long offset) {
    public GgufTensorInfo {
        dimensions = List.copyOf(dimensions);
    }

    public long valueCount() {
        return dimensions.stream().reduce(1L, Math::multiplyExact);
    }

    public long sizeBytes() {
        return type.bytesOf(valueCount());
    }

    /** The shape as people write it: {@code 64 x 384}. */
    public String shape() {
        return dimensions.stream().map(String::valueOf).collect(Collectors.joining(" x "));
    }
}
