package dev.parlance.engine.scheduler;

/** Throws anything unchecked that a test has at hand. */
final class FakeModelFailure {
    private FakeModelFailure() {}

    static void raise(Throwable failure) {
        switch (failure) {
            case RuntimeException exception -> throw exception;
            case Error error -> throw error;
            default -> throw new AssertionError("not unchecked", failure);
        }
    }
}
