package dev.parlance.engine.kernel;

/**
 * The input vectors that are multiplied with one group of rows at once.
 *
 * @param x holds them packed from {@code offset} on
 * @param count how many
 * @param blockSums those of a whole multiplication, of which these begin with input {@code first}
 */
record Inputs(float[] x, int offset, int count, BlockSums blockSums, int first) {
    /** The sum of one of these inputs' columns in a block of the row. */
    float blockSum(int input, int block) {
        return blockSums.values()[blockSumAt(input, block)];
    }

    /** Where that sum is; those of the blocks that follow are behind it. */
    int blockSumAt(int input, int block) {
        return blockSums.at(first + input, block);
    }
}
