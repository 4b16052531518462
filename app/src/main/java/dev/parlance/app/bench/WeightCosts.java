package dev.parlance.app.bench;

import dev.parlance.engine.MachineLimits;
import dev.parlance.engine.gguf.GgufFile;
import dev.parlance.engine.gguf.GgufTensorInfo;

import java.util.Map;
import java.util.Optional;

/**
 * What a model's weights cost a machine: the work that no engine can leave out. Attention, which
 * grows with the context, is not in it, so shares of a limit are a little higher in truth.
 *
 * @param layerWeights multiply-adds for a token in all layers; of experts, those a token uses
 * @param headWeights multiply-adds for a token's logits
 * @param stepBytes stored bytes that a step reads which generates one token
 * @param hasExperts then a step that generates several tokens reads more bytes than one for one
 */
record WeightCosts(long layerWeights, long headWeights, long stepBytes, boolean hasExperts) {
    private static final String LAYER_PREFIX = "blk.";
    private static final String EXPERTS = "_exps.";
    private static final String OUTPUT_HEAD = "output.weight";
    private static final String TOKEN_EMBEDDING = "token_embd.weight";

    static WeightCosts of(GgufFile file) {
        Map<String, GgufTensorInfo> tensors = file.tensors();
        String family = file.metadata().findString("general.architecture").orElse("");
        long used = file.metadata().findInteger(family + ".expert_used_count").orElse(0);
        long weights = 0;
        long bytes = 0;
        boolean experts = false;
        for (GgufTensorInfo tensor : tensors.values()) {
            if (!tensor.name().startsWith(LAYER_PREFIX) || tensor.dimensions().size() < 2) {
                continue;
            }
            boolean isExperts = tensor.name().contains(EXPERTS);
            long count = isExperts ? tensor.dimensions().getLast() : 1;
            long part = isExperts ? used : 1;
            weights += tensor.valueCount() / count * part;
            bytes += tensor.sizeBytes() / count * part;
            experts |= isExperts;
        }
        Optional<GgufTensorInfo> head =
                file.findTensor(OUTPUT_HEAD).or(() -> file.findTensor(TOKEN_EMBEDDING));
        return new WeightCosts(
                weights,
                head.map(GgufTensorInfo::valueCount).orElse(0L),
                bytes + head.map(GgufTensorInfo::sizeBytes).orElse(0L),
                experts);
    }

    /** Which part of a limit of the machine a speed is, if that can be told. */
    Optional<Share> share(Speeds speeds, MachineLimits limits) {
        double tokens = speeds.mean();
        return switch (speeds.workload()) {
            case Workload.Prefill(int length) ->
                    Optional.of(
                            new Share(
                                    "FMA peak",
                                    tokens
                                            * (layerWeights + (double) headWeights / length)
                                            / limits.multiplyAddsPerSecond()));
            case Workload.Decode(_, _, int streams) ->
                    streams > 1 && hasExperts
                            ? Optional.empty()
                            : Optional.of(
                                    new Share(
                                            "read bandwidth",
                                            tokens
                                                    / streams
                                                    * stepBytes
                                                    / limits.readBytesPerSecond()));
        };
    }

    /**
     * A part of a limit.
     *
     * @param part 1 is all of it
     */
    record Share(String limit, double part) {}
}
