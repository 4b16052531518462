package dev.parlance.engine.model;

import dev.parlance.engine.gguf.GgufFile;
import dev.parlance.engine.gguf.GgufFormatException;
import dev.parlance.engine.gguf.UnsupportedModelException;
import dev.parlance.engine.kernel.Kernels;

import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.LongConsumer;

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

    /** As below, without saying how far it is. */
    public static LanguageModel load(GgufFile file, Kernels kernels) {
        return load(file, kernels, _ -> {});
    }

    /**
     * Loads a model. Its matrices are repacked by the kernels, which takes most of the time.
     *
     * @param file stays open as long as the model is used
     * @param bytesRead told again and again, on this thread, how many bytes of all tensors have
     *     been read so far; in the end all of them
     * @throws UncheckedIOException if the file can no longer be read
     * @throws GgufFormatException if metadata or tensors are missing, contradictory or out of range
     * @throws UnsupportedModelException if the family, one of its settings or a weight type is not
     *     supported
     */
    public static LanguageModel load(GgufFile file, Kernels kernels, LongConsumer bytesRead) {
        ArchitectureSpec spec = Architectures.of(file.metadata());
        ModelConfig config = ModelConfig.read(file.metadata(), spec);
        TensorReader tensors = new TensorReader(file, kernels, bytesRead);
        Weights weights = new WeightsLoader(spec, config, tensors).load();
        return new Transformer(config, weights, kernels);
    }
}
