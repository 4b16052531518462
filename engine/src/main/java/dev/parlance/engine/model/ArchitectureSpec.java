package dev.parlance.engine.model;

/**
 * What sets one model family apart from the others. Numbers come from the file ({@link
 * ModelConfig}); the families are listed in {@link Architectures}.
 *
 * @param name the value of {@code general.architecture}
 * @param normKind which norm the layers use
 * @param normPlacement where in a layer the norms stand
 * @param queryKeyNorm whether queries and keys are normed before rotation
 * @param positionEncoding how positions enter
 * @param noRopeLayerStep every so many layers one goes without rotation; 0 for never
 * @param ropeSwitchable the file may turn rotation off by {@code rope.scaling.finetuned = false}
 * @param activation the feed-forward part's non-linearity
 * @param fusedGateUp {@code ffn_up} holds the gate's rows, then up's
 * @param biasesRequired every linear map must have its bias; otherwise a bias is used where the
 *     file has one
 * @param expertUse whether the feed-forward part may be a mixture of experts
 * @param windows which layers see a sliding window
 * @param scales the family's constant factors
 */
record ArchitectureSpec(
        String name,
        NormKind normKind,
        NormPlacement normPlacement,
        QueryKeyNorm queryKeyNorm,
        PositionEncoding positionEncoding,
        int noRopeLayerStep,
        boolean ropeSwitchable,
        Activation activation,
        boolean fusedGateUp,
        boolean biasesRequired,
        ExpertUse expertUse,
        Windows windows,
        Scales scales) {

    enum NormKind {
        RMS_NORM,
        LAYER_NORM
    }

    /** Norms before attention and feed-forward, on their outputs, or both. */
    enum NormPlacement {
        BEFORE,
        AFTER,
        BEFORE_AND_AFTER
    }

    /** No norm, one norm for each head alike, or one over all heads together. */
    enum QueryKeyNorm {
        NONE,
        PER_HEAD,
        ALL_HEADS
    }

    /** A learned vector per position, or rotation of adjacent pairs or of the two halves. */
    enum PositionEncoding {
        LEARNED,
        ROTATED_PAIRS,
        ROTATED_HALVES
    }

    /** The gated ones are {@code f(gate) · up}. GELU is the tanh approximation. */
    enum Activation {
        GATED_SILU("silu"),
        GATED_GELU("gelu_pytorch_tanh"),
        GELU("gelu_pytorch_tanh");

        private final String hiddenActivation;

        Activation(String hiddenActivation) {
            this.hiddenActivation = hiddenActivation;
        }

        /** Hugging Face's name, which a file may carry as {@code hidden_activation}. */
        String hiddenActivation() {
            return hiddenActivation;
        }

        boolean isGated() {
            return this != GELU;
        }
    }

    /** {@code OPTIONAL}: where the file says {@code expert_count}. */
    enum ExpertUse {
        NEVER,
        OPTIONAL,
        ALWAYS
    }

    /**
     * Which layers see only the latest positions. A layer is windowed when {@code layer % period <
     * period - 1}; a period of 0 makes every layer windowed. The file may say otherwise.
     *
     * @param supported false where the family's files cannot say which layers have the window
     * @param defaultLength window where the file names none; 0 for no window
     * @param defaultPeriod period where the file names none
     * @param localFrequencyBase rotation base of windowed layers where the file names none; 0 for
     *     that of the other layers
     * @param scalesLocalRope whether frequency scaling applies to windowed layers too
     */
    record Windows(
            boolean supported,
            int defaultLength,
            int defaultPeriod,
            double localFrequencyBase,
            boolean scalesLocalRope) {
        static final Windows NONE = new Windows(false, 0, 0, 0, true);
        static final Windows EVERY_LAYER = new Windows(true, 0, 0, 0, true);
    }

    /**
     * Constant factors of a family; each is replaced by the file's where it names one.
     *
     * @param embeddingByRootWidth embeddings are multiplied by the square root of their length
     * @param attentionSoftcap scores become {@code cap · tanh(score / cap)}; 0 for none
     * @param logitSoftcap the same for logits
     * @param wideHeadLayerCount a model of just so many layers scales attention by {@code 1 /
     *     sqrt(embeddingLength / headCount)} instead of {@code 1 / sqrt(headLength)}; 0 for none
     * @param dividesLogits whether logits are divided by {@code logit_scale}
     * @param attentionTemperature whether queries grow with {@code attention.temperature_scale}
     */
    record Scales(
            boolean embeddingByRootWidth,
            double attentionSoftcap,
            double logitSoftcap,
            int wideHeadLayerCount,
            boolean dividesLogits,
            boolean attentionTemperature) {
        static final Scales NONE = new Scales(false, 0, 0, 0, false, false);
        static final Scales DIVIDED_LOGITS = new Scales(false, 0, 0, 0, true, false);
        static final Scales ATTENTION_TEMPERATURE = new Scales(false, 0, 0, 0, false, true);
    }

    /** Starts from what most families are: RMS norms before, gated SiLU, optional biases. */
    static Builder of(String name, PositionEncoding positionEncoding) {
        return new Builder(name, positionEncoding);
    }

    boolean isRotary() {
        return positionEncoding != PositionEncoding.LEARNED;
    }

    /** Collects what differs from the usual. Threads: one at a time. */
    static final class Builder {
        private final String name;
        private final PositionEncoding positionEncoding;
        private NormKind normKind = NormKind.RMS_NORM;
        private NormPlacement normPlacement = NormPlacement.BEFORE;
        private QueryKeyNorm queryKeyNorm = QueryKeyNorm.NONE;
        private int noRopeLayerStep;
        private boolean ropeSwitchable;
        private Activation activation = Activation.GATED_SILU;
        private boolean fusedGateUp;
        private boolean biasesRequired;
        private ExpertUse expertUse = ExpertUse.NEVER;
        private Windows windows = Windows.NONE;
        private Scales scales = Scales.NONE;

        private Builder(String name, PositionEncoding positionEncoding) {
            this.name = name;
            this.positionEncoding = positionEncoding;
        }

        Builder norm(NormKind kind, NormPlacement placement) {
            this.normKind = kind;
            this.normPlacement = placement;
            return this;
        }

        Builder queryKeyNorm(QueryKeyNorm queryKeyNorm) {
            this.queryKeyNorm = queryKeyNorm;
            return this;
        }

        Builder noRopeLayerStep(int step) {
            this.noRopeLayerStep = step;
            return this;
        }

        Builder ropeSwitchable() {
            this.ropeSwitchable = true;
            return this;
        }

        Builder activation(Activation activation) {
            this.activation = activation;
            return this;
        }

        Builder fusedGateUp() {
            this.fusedGateUp = true;
            return this;
        }

        Builder biasesRequired() {
            this.biasesRequired = true;
            return this;
        }

        Builder experts(ExpertUse use) {
            this.expertUse = use;
            return this;
        }

        Builder windows(Windows windows) {
            this.windows = windows;
            return this;
        }

        Builder scales(Scales scales) {
            this.scales = scales;
            return this;
        }

        ArchitectureSpec build() {
            return new ArchitectureSpec(
                    name,
                    normKind,
                    normPlacement,
                    queryKeyNorm,
                    positionEncoding,
                    noRopeLayerStep,
                    ropeSwitchable,
                    activation,
                    fusedGateUp,
                    biasesRequired,
                    expertUse,
                    windows,
                    scales);
        }
    }
}
