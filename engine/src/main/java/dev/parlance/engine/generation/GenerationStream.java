package dev.parlance.engine.generation;

/**
 * The events of one request. Threads: {@link #next} belongs to one thread; {@link #cancelChoice}
 * and {@link #close} may be called by any.
 */
public interface GenerationStream extends AutoCloseable {
    /**
     * Waits for the next event. After {@link GenerationEvent.Finished} or {@link
     * GenerationEvent.Failed} it must not be called again.
     */
    GenerationEvent next() throws InterruptedException;

    /**
     * Ends one choice early because its text is complete (a stop sequence); its {@link
     * GenerationEvent.ChoiceFinished} may still follow, after tokens that were already on the way.
     * The other choices go on.
     */
    void cancelChoice(int choice);

    /** Cancels what is not finished; its work ends within one step. Closing twice is harmless. */
    @Override
    void close();
}
