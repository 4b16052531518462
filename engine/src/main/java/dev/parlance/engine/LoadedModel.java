package dev.parlance.engine;

import dev.parlance.engine.chat.template.ChatTemplate;
import dev.parlance.engine.generation.GenerationBackend;
import dev.parlance.engine.tokenizer.Tokenizer;

/**
 * A model that is ready for work: text to tokens, conversations to prompts, prompts to token
 * events.
 *
 * <p>Threads: safe. A record, so that tests can put one together from fakes.
 *
 * @param backend continues prompts; requests beyond {@link ModelDescription#contextLength()} must
 *     not be submitted
 * @param closer releases weights and threads; run by {@link #close()}, harmless when run again
 */
public record LoadedModel(
        ModelDescription description,
        Tokenizer tokenizer,
        ChatTemplate chatTemplate,
        GenerationBackend backend,
        Runnable closer)
        implements AutoCloseable {

    /**
     * Ends all work with one terminal event per request, then frees the weights and unmaps the
     * file. Closing twice is harmless.
     */
    @Override
    public void close() {
        closer.run();
    }
}
