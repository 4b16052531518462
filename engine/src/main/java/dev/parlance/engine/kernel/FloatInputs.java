package dev.parlance.engine.kernel;

/**
 * Inputs as they are, for weights that are floats or bytes; for bytes, every second number is made
 * 256 times smaller, as {@link Codes} asks. Copied only if they are changed or lie in quads.
 */
final class FloatInputs extends PreparedInputs {
    private static final float SECOND = 1f / 256;

    private final boolean bytes;
    private final Functions functions;
    private float[] numbers = NONE;

    FloatInputs(Codes codes, int blockCols, int mostAlone, Functions functions, KernelPool pool) {
        super(blockCols, mostAlone, pool);
        this.bytes = codes == Codes.BYTES;
        this.functions = functions;
    }

    private boolean areCopied() {
        return bytes || inQuads();
    }

    @Override
    boolean reserve(int count) {
        numbers = areCopied() ? atLeast(count * cols, numbers) : NONE;
        return areCopied();
    }

    @Override
    void prepare(int worker, int first, int count) {
        for (int input = first; input < first + count; input++) {
            prepare(input);
        }
    }

    private void prepare(int input) {
        int from = xOffset + input * cols;
        int to = at(input, 0);
        int step = step();
        if (bytes) {
            for (int i = 0; i < cols; i += 2) {
                numbers[to + i * step] = x[from + i];
                numbers[to + (i + 1) * step] = x[from + i + 1] * SECOND;
            }
            for (int block = 0; block < blocks; block++) {
                blockSums[blockAt(input, block)] = functions.sum(x, from, blockCols);
                from += blockCols;
            }
        } else {
            // Floats have no minimums: nothing but zeros is ever in their sums of blocks.
            for (int i = 0; i < cols; i++) {
                numbers[to + i * step] = x[from + i];
            }
        }
    }

    /** The numbers of all inputs. */
    float[] numbers() {
        return areCopied() ? numbers : x;
    }

    @Override
    int at(int input, int col) {
        return (areCopied() ? 0 : xOffset) + place(input, col, cols);
    }
}
