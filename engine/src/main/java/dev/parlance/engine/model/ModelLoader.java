package dev.parlance.engine.model;

import dev.parlance.engine.gguf.GgufFile;
import dev.parlance.engine.gguf.GgufFormatException;
import dev.parlance.engine.gguf.UnsupportedModelException;
import dev.parlance.engine.kernel.Kernels;

import java.util.List;

/** Makes a language model out of a GGUF file. */
public final class ModelLoader {
    private ModelLoader() {}

    /** The values of {@code general.architecture} that can be loaded. */
    public static List<String> knownArchitectures() {
        return Architectures.names();
    }

    /**
     * The trained maximum of positions of the model in a file.
     *
     * @throws GgufFormatException if the file does not say
     * @throws UnsupportedModelException if its family is not known
     */
    public static int trainedContextLength(GgufFile file) {
        ArchitectureSpec spec = Architectures.of(file.metadata());
        return ModelConfig.read(file.metadata(), spec).contextLength();
    }

    /**
     * Loads a model.
     *
     * @param file stays open as long as the model is used
     * @throws GgufFormatException if metadata or tensors are missing, contradictory or out of range
     * @throws UnsupportedModelException if the family, one of its settings or a weight type is not
     *     supported
     */
    public static LanguageModel load(GgufFile file, Kernels kernels) {
        ArchitectureSpec spec = Architectures.of(file.metadata());
        ModelConfig config = ModelConfig.read(file.metadata(), spec);
        TensorReader tensors = new TensorReader(file, kernels);
        Weights weights = new WeightsLoader(spec, config, tensors).load();
        return new Transformer(config, weights, kernels);
    }
}
