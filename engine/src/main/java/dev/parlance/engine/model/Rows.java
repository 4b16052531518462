package dev.parlance.engine.model;

import dev.parlance.engine.kvcache.BlockTable;
import dev.parlance.engine.model.Batch.Run;

/**
 * A batch's rows, one token each, run after run; or a slice of them.
 *
 * <p>Threads: immutable.
 */
final class Rows {
    private final Batch batch;
    private final int[] runIndexes;
    private final int[] rowsInRun;
    private final int first;
    private final int count;

    private Rows(Batch batch, int[] runIndexes, int[] rowsInRun, int first, int count) {
        this.batch = batch;
        this.runIndexes = runIndexes;
        this.rowsInRun = rowsInRun;
        this.first = first;
        this.count = count;
    }

    /**
     * Lays out a batch after checking it.
     *
     * @param positionLimit positions the model has
     * @throws IllegalArgumentException for a run without tokens, a token that the vocabulary does
     *     not have, or positions outside the model or the run's blocks
     */
    static Rows of(Batch batch, int vocabularySize, int positionLimit) {
        int[] runIndexes = new int[batch.rowCount()];
        int[] rowsInRun = new int[runIndexes.length];
        int row = 0;
        for (int i = 0; i < batch.runs().size(); i++) {
            check(batch.runs().get(i), i, vocabularySize, positionLimit);
            for (int j = 0; j < batch.runs().get(i).tokens().length; j++) {
                runIndexes[row] = i;
                rowsInRun[row] = j;
                row++;
            }
        }
        return new Rows(batch, runIndexes, rowsInRun, 0, row);
    }

    private static void check(Run run, int index, int vocabularySize, int positionLimit) {
        String name = "run " + index + " of the batch ";
        if (run.tokens().length == 0) {
            throw new IllegalArgumentException(name + "has no tokens");
        }
        for (int token : run.tokens()) {
            if (token < 0 || token >= vocabularySize) {
                throw new IllegalArgumentException(
                        name
                                + "has token "
                                + token
                                + "; the vocabulary has 0 to "
                                + (vocabularySize - 1));
            }
        }
        long end = (long) run.startPosition() + run.tokens().length;
        int limit = Math.min(positionLimit, run.blocks().capacity());
        if (run.startPosition() < 0 || end > limit) {
            throw new IllegalArgumentException(
                    name
                            + "has positions "
                            + run.startPosition()
                            + " to "
                            + (end - 1)
                            + "; its blocks and the model have 0 to "
                            + (limit - 1));
        }
    }

    Rows slice(int from, int rowCount) {
        return new Rows(batch, runIndexes, rowsInRun, first + from, rowCount);
    }

    int count() {
        return count;
    }

    int runIndex(int row) {
        return runIndexes[first + row];
    }

    /** Index of the row in its run. */
    int rowInRun(int row) {
        return rowsInRun[first + row];
    }

    int token(int row) {
        return run(row).tokens()[rowInRun(row)];
    }

    int position(int row) {
        return run(row).startPosition() + rowInRun(row);
    }

    /** Positions of the row's prompt, or up to the row itself where that is more. */
    int reach(int row) {
        return Math.max(run(row).promptLength(), position(row) + 1);
    }

    BlockTable blocks(int row) {
        return run(row).blocks();
    }

    boolean logitsWanted(int row) {
        return switch (run(row).wanted()) {
            case NONE -> false;
            case LAST -> rowInRun(row) == run(row).tokens().length - 1;
            case ALL -> true;
        };
    }

    private Run run(int row) {
        return batch.runs().get(runIndex(row));
    }
}
