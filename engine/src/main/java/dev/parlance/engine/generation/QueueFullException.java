package dev.parlance.engine.generation;

/** More requests wait than the engine takes; try again later. */
public final class QueueFullException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public QueueFullException(String message) {
        super(message);
    }
}
