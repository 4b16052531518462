package dev.parlance.engine.kernel;

/**
 * Inputs as they are, for weights that are floats or bytes; for bytes, every second number is made
 * 256 times smaller, as {@link Codes} asks.
 */
final class FloatInputs extends PreparedInputs {
    private static final float SECOND = 1f / 256;

    private final boolean bytes;
    private final Functions functions;
    private float[] numbers = NONE;

    FloatInputs(Codes codes, int blockCols, Functions functions, KernelPool pool) {
        super(blockCols, pool);
        this.bytes = codes == Codes.BYTES;
        this.functions = functions;
    }

    @Override
    boolean reserve(int count) {
        // Floats have no minimums: nothing but zeros is ever in their sums.
        numbers = bytes ? atLeast(count * cols, numbers) : NONE;
        return bytes;
    }

    @Override
    public void run(int worker, int input) {
        int from = xOffset + input * cols;
        int to = input * cols;
        for (int block = 0; block < blocks; block++) {
            blockSums[blockAt(input, block)] = functions.sum(x, from, blockCols);
            for (int i = 0; i < blockCols; i += 2) {
                numbers[to + i] = x[from + i];
                numbers[to + i + 1] = x[from + i + 1] * SECOND;
            }
            from += blockCols;
            to += blockCols;
        }
    }

    /** The numbers of all inputs. */
    float[] numbers() {
        return bytes ? numbers : x;
    }

    @Override
    int at(int input) {
        return (bytes ? 0 : xOffset) + input * cols;
    }
}
