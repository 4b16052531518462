package dev.parlance.app.bench;

/** A measurement that did not come about; the message says why, to the person who wanted it. */
public final class BenchmarkException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public BenchmarkException(String message) {
        super(message);
    }
}
