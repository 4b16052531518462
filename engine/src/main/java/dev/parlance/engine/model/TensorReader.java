package dev.parlance.engine.model;

import dev.parlance.engine.gguf.GgufFile;
import dev.parlance.engine.gguf.GgufFormatException;
import dev.parlance.engine.gguf.GgufTensorInfo;
import dev.parlance.engine.gguf.UnsupportedModelException;
import dev.parlance.engine.kernel.Kernels;
import dev.parlance.engine.kernel.MatrixKernel;
import dev.parlance.engine.tensor.Matrix;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;

/**
 * Takes tensors out of a file by name, checks their shapes, and knows which were never asked for.
 *
 * <p>Errors: {@link GgufFormatException} names file, tensor, shape found and shape expected. Shapes
 * in messages are written as GGUF has them, the row length first. Memory: what is made into a
 * kernel is read through a mapping of its own that ends at once, so that of the file's lasting
 * mapping only those pages take memory whose rows are looked up.
 */
final class TensorReader {
    private final GgufFile file;
    private final Kernels kernels;
    private final LongConsumer bytesRead;
    private final Set<String> used = new HashSet<>();
    private long bytes;

    /**
     * @param bytesRead told, after every matrix, how many bytes of the tensors have been dealt with
     */
    TensorReader(GgufFile file, Kernels kernels, LongConsumer bytesRead) {
        if (file.tensors().isEmpty()) {
            throw new UnsupportedModelException(
                    file.metadata().fileName()
                            + ": the file has a vocabulary but no weights; only its tokenizer can"
                            + " be used");
        }
        this.file = file;
        this.kernels = kernels;
        this.bytesRead = bytesRead;
    }

    boolean has(String name) {
        return file.findTensor(name).isPresent();
    }

    /** How many rows a matrix has. */
    int rowCount(String name) {
        List<Long> dimensions = find(name).dimensions();
        if (dimensions.size() < 2) {
            throw error(name, "has the shape " + find(name).shape() + "; it must be a matrix");
        }
        return Math.toIntExact(dimensions.get(1));
    }

    MatrixKernel matrix(String name, int rows, int cols) {
        return packed(check(name, cols, rows), 0, rows, cols);
    }

    /** A matrix whose rows are looked up in the file; {@link #matrix} is asked for it too. */
    Matrix stored(String name, int rows, int cols) {
        return slice(check(name, cols, rows), 0, rows, cols);
    }

    /** A matrix whose rows are looked up in the file, and no more. */
    Matrix lookedUp(String name, int rows, int cols) {
        Matrix matrix = stored(name, rows, cols);
        count(matrix.data().byteSize());
        return matrix;
    }

    /** A tensor of {@code count} matrices one after the other. */
    List<MatrixKernel> matrices(String name, int count, int rows, int cols) {
        GgufTensorInfo tensor = check(name, cols, rows, count);
        List<MatrixKernel> matrices = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            matrices.add(packed(tensor, (long) i * rows, rows, cols));
        }
        return matrices;
    }

    /** A matrix whose rows are several matrices, one above the other. */
    List<MatrixKernel> stackedMatrices(String name, List<Integer> rowCounts, int cols) {
        int rows = rowCounts.stream().mapToInt(Integer::intValue).sum();
        GgufTensorInfo tensor = check(name, cols, rows);
        List<MatrixKernel> matrices = new ArrayList<>();
        long firstRow = 0;
        for (int count : rowCounts) {
            matrices.add(packed(tensor, firstRow, count, cols));
            firstRow += count;
        }
        return matrices;
    }

    float[] vector(String name, int length) {
        GgufTensorInfo tensor = check(name, length);
        float[] vector = new float[length];
        slice(tensor, 0, 1, length).readRow(0, vector, 0);
        count(tensor.sizeBytes());
        return vector;
    }

    /**
     * @throws GgufFormatException if the file has tensors that nobody took
     */
    void requireAllUsed() {
        List<String> extra =
                file.tensors().keySet().stream().filter(name -> !used.contains(name)).toList();
        if (!extra.isEmpty()) {
            throw error(
                    extra.getFirst(),
                    "has no place in this family"
                            + (extra.size() == 1
                                    ? ""
                                    : ", nor have " + (extra.size() - 1) + " others")
                            + "; is the file of another family or version?");
        }
    }

    private MatrixKernel packed(GgufTensorInfo tensor, long firstRow, int rows, int cols) {
        long rowBytes = tensor.type().bytesOf(cols);
        long size = rows * rowBytes;
        try (Arena reading = Arena.ofShared()) {
            MemorySegment data = file.map(tensor, firstRow * rowBytes, size, reading);
            MatrixKernel kernel =
                    kernels.matrix(new Matrix(tensor.name(), tensor.type(), rows, cols, data));
            count(size);
            return kernel;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void count(long more) {
        bytes += more;
        bytesRead.accept(bytes);
    }

    private Matrix slice(GgufTensorInfo tensor, long firstRow, int rows, int cols) {
        long rowBytes = tensor.type().bytesOf(cols);
        MemorySegment data = file.data(tensor).asSlice(firstRow * rowBytes, rows * rowBytes);
        return new Matrix(tensor.name(), tensor.type(), rows, cols, data);
    }

    private GgufTensorInfo find(String name) {
        return file.findTensor(name).orElseThrow(() -> error(name, "is missing"));
    }

    /** Trailing dimensions of 1 say nothing, and writers differ in leaving them out. */
    private GgufTensorInfo check(String name, long... expected) {
        GgufTensorInfo tensor = find(name);
        used.add(name);
        int dimensions = Math.max(expected.length, tensor.dimensions().size());
        for (int i = 0; i < dimensions; i++) {
            long found = i < tensor.dimensions().size() ? tensor.dimensions().get(i) : 1;
            if (found != (i < expected.length ? expected[i] : 1)) {
                String shape =
                        Arrays.stream(expected)
                                .mapToObj(String::valueOf)
                                .collect(Collectors.joining(" x "));
                throw error(name, "has the shape " + tensor.shape() + "; it must be " + shape);
            }
        }
        return tensor;
    }

    private GgufFormatException error(String tensor, String problem) {
        return new GgufFormatException(
                file.metadata().fileName() + ": tensor '" + tensor + "' " + problem);
    }
}
