package dev.parlance.engine.model;

import static dev.parlance.engine.model.ArchitectureSpec.Activation.GATED_GELU;
import static dev.parlance.engine.model.ArchitectureSpec.Activation.GELU;
import static dev.parlance.engine.model.ArchitectureSpec.ExpertUse.ALWAYS;
import static dev.parlance.engine.model.ArchitectureSpec.ExpertUse.OPTIONAL;
import static dev.parlance.engine.model.ArchitectureSpec.NormKind.LAYER_NORM;
import static dev.parlance.engine.model.ArchitectureSpec.NormKind.RMS_NORM;
import static dev.parlance.engine.model.ArchitectureSpec.NormPlacement.AFTER;
import static dev.parlance.engine.model.ArchitectureSpec.NormPlacement.BEFORE;
import static dev.parlance.engine.model.ArchitectureSpec.NormPlacement.BEFORE_AND_AFTER;
import static dev.parlance.engine.model.ArchitectureSpec.PositionEncoding.LEARNED;
import static dev.parlance.engine.model.ArchitectureSpec.PositionEncoding.ROTATED_HALVES;
import static dev.parlance.engine.model.ArchitectureSpec.PositionEncoding.ROTATED_PAIRS;
import static dev.parlance.engine.model.ArchitectureSpec.QueryKeyNorm.ALL_HEADS;
import static dev.parlance.engine.model.ArchitectureSpec.QueryKeyNorm.PER_HEAD;

import dev.parlance.engine.gguf.GgufMetadata;
import dev.parlance.engine.gguf.UnsupportedModelException;
import dev.parlance.engine.model.ArchitectureSpec.Scales;
import dev.parlance.engine.model.ArchitectureSpec.Windows;

import java.util.List;

/**
 * The model families this engine runs, one record each.
 *
 * <p>Source: the modelling files of Hugging Face transformers define the arithmetic; llama.cpp's
 * conversion scripts and src/models say how it is stored. Two conversions matter here: families
 * that rotate pairs have the rows of their query and key weights reordered for it, and gemma's norm
 * weights already have their unit offset added.
 */
final class Architectures {
    static final String ARCHITECTURE_KEY = "general.architecture";

    /** Llama 1 to 3.3, Mistral, Mixtral, and all that copy them. */
    private static final ArchitectureSpec LLAMA =
            ArchitectureSpec.of("llama", ROTATED_PAIRS)
                    .experts(OPTIONAL)
                    .windows(Windows.EVERY_LAYER)
                    .build();

    /** Ministral 3: queries grow slowly with the position. */
    private static final ArchitectureSpec MISTRAL3 =
            ArchitectureSpec.of("mistral3", ROTATED_PAIRS)
                    .experts(OPTIONAL)
                    .windows(Windows.EVERY_LAYER)
                    .scales(Scales.ATTENTION_TEMPERATURE)
                    .build();

    private static final ArchitectureSpec QWEN2 =
            ArchitectureSpec.of("qwen2", ROTATED_HALVES).build();

    private static final ArchitectureSpec QWEN3 =
            ArchitectureSpec.of("qwen3", ROTATED_HALVES).queryKeyNorm(PER_HEAD).build();

    private static final ArchitectureSpec QWEN3_MOE =
            ArchitectureSpec.of("qwen3moe", ROTATED_HALVES)
                    .queryKeyNorm(PER_HEAD)
                    .experts(ALWAYS)
                    .build();

    /** Every second layer windowed, starting with the first; the 27B has 46 layers. */
    private static final ArchitectureSpec GEMMA2 =
            ArchitectureSpec.of("gemma2", ROTATED_HALVES)
                    .norm(RMS_NORM, BEFORE_AND_AFTER)
                    .activation(GATED_GELU)
                    .windows(new Windows(true, 4096, 2, 0, true))
                    .scales(new Scales(true, 50, 30, 46, false, false))
                    .build();

    /** Five windowed layers, then one that sees all; the 27B has 62 layers. */
    private static final ArchitectureSpec GEMMA3 =
            ArchitectureSpec.of("gemma3", ROTATED_HALVES)
                    .norm(RMS_NORM, BEFORE_AND_AFTER)
                    .queryKeyNorm(PER_HEAD)
                    .activation(GATED_GELU)
                    .windows(new Windows(true, 0, 6, 10_000, false))
                    .scales(new Scales(true, 0, 0, 62, false, false))
                    .build();

    private static final ArchitectureSpec PHI3 =
            ArchitectureSpec.of("phi3", ROTATED_HALVES)
                    .fusedGateUp()
                    .windows(Windows.EVERY_LAYER)
                    .build();

    private static final ArchitectureSpec GRANITE =
            ArchitectureSpec.of("granite", ROTATED_PAIRS)
                    .ropeSwitchable()
                    .scales(Scales.DIVIDED_LOGITS)
                    .build();

    /** OLMo 2, and OLMo 3, which adds three windowed layers before each one that sees all. */
    private static final ArchitectureSpec OLMO2 =
            ArchitectureSpec.of("olmo2", ROTATED_HALVES)
                    .norm(RMS_NORM, AFTER)
                    .queryKeyNorm(ALL_HEADS)
                    .windows(new Windows(true, 0, 4, 0, false))
                    .build();

    private static final ArchitectureSpec SMOLLM3 =
            ArchitectureSpec.of("smollm3", ROTATED_PAIRS).noRopeLayerStep(4).build();

    private static final ArchitectureSpec GPT2 =
            ArchitectureSpec.of("gpt2", LEARNED)
                    .norm(LAYER_NORM, BEFORE)
                    .activation(GELU)
                    .biasesRequired()
                    .build();

    private static final ArchitectureSpec STARCODER2 =
            ArchitectureSpec.of("starcoder2", ROTATED_HALVES)
                    .norm(LAYER_NORM, BEFORE)
                    .activation(GELU)
                    .windows(Windows.EVERY_LAYER)
                    .build();

    static final List<ArchitectureSpec> ALL =
            List.of(
                    LLAMA,
                    MISTRAL3,
                    QWEN2,
                    QWEN3,
                    QWEN3_MOE,
                    GEMMA2,
                    GEMMA3,
                    PHI3,
                    GRANITE,
                    OLMO2,
                    SMOLLM3,
                    GPT2,
                    STARCODER2);

    private Architectures() {}

    static List<String> names() {
        return ALL.stream().map(ArchitectureSpec::name).toList();
    }

    /** The family that the file says it is of. */
    static ArchitectureSpec of(GgufMetadata metadata) {
        String name = metadata.string(ARCHITECTURE_KEY);
        return ALL.stream()
                .filter(spec -> spec.name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new UnsupportedModelException(
                                metadata.fileName()
                                        + ": the model family '"
                                        + name
                                        + "' ("
                                        + ARCHITECTURE_KEY
                                        + ") is not known; known are "
                                        + String.join(", ", names())));
    }
}
