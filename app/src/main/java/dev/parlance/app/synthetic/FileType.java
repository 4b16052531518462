package dev.parlance.app.synthetic;

import dev.parlance.engine.gguf.GgmlType;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Which tensor is stored how, as llama.cpp's quantizer does it. Names and ids are llama.cpp's
 * ({@code enum llama_ftype}; metadata {@code general.file_type}).
 *
 * <p>Source: {@code llama_tensor_get_type} in llama-quant.cpp, llama.cpp.
 */
enum FileType {
    F32(0, GgmlType.F32),
    F16(1, GgmlType.F16),
    Q4_0(2, GgmlType.Q4_0),
    Q8_0(7, GgmlType.Q8_0),
    Q4_K_M(15, GgmlType.Q4_K);

    private final int id;
    private final GgmlType matrices;

    FileType(int id, GgmlType matrices) {
        this.id = id;
        this.matrices = matrices;
    }

    static FileType named(String name) {
        return Arrays.stream(values())
                .filter(type -> type.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "there is no type '" + name + "'; there are " + names()));
    }

    static String names() {
        return Arrays.stream(values()).map(FileType::name).collect(Collectors.joining(", "));
    }

    int id() {
        return id;
    }

    GgmlType of(ModelTensor tensor, int layers) {
        return switch (tensor.role()) {
            case NORM -> GgmlType.F32;
            case MATRIX -> matrices;
            case PRECISE_MATRIX ->
                    this == Q4_K_M && isPrecise(tensor.layer(), layers) ? GgmlType.Q6_K : matrices;
            case EMBEDDING ->
                    switch (this) {
                        case F32, F16, Q8_0 -> matrices;
                        case Q4_0, Q4_K_M -> GgmlType.Q6_K;
                    };
        };
    }

    /** The first and last eighth of the layers, and every third between ({@code use_more_bits}). */
    private static boolean isPrecise(int layer, int layers) {
        return layer < layers / 8 || layer >= 7 * layers / 8 || (layer - layers / 8) % 3 == 2;
    }
}
