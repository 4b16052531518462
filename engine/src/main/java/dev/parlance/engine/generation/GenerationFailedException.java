package dev.parlance.engine.generation;

/** A request that was being read as a whole ended early. */
public final class GenerationFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final GenerationEvent.Failed.Cause failure;

    public GenerationFailedException(GenerationEvent.Failed.Cause failure, String message) {
        super(message);
        this.failure = failure;
    }

    /** Why it ended. */
    public GenerationEvent.Failed.Cause failure() {
        return failure;
    }
}
