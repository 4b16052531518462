package dev.parlance.server.api;

import dev.parlance.engine.LoadedModel;
import dev.parlance.engine.generation.GeneratedText;
import dev.parlance.engine.generation.GenerationEvent.Failed.Cause;
import dev.parlance.engine.generation.GenerationFailedException;
import dev.parlance.engine.generation.GenerationRequest;
import dev.parlance.engine.generation.TextEvent;
import dev.parlance.engine.generation.TextGeneration;
import dev.parlance.engine.generation.TextOptions;
import dev.parlance.engine.generation.TokenUsage;
import dev.parlance.server.access.Grant;
import dev.parlance.server.http.Cancellation;
import dev.parlance.server.http.ClientGoneException;
import dev.parlance.server.http.HttpRequest;
import dev.parlance.server.http.RequestThreads;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The generations of one HTTP request, one per prompt, read side by side.
 *
 * <p>A client that leaves ends them all, and so does the server's stop. Threads: {@link #read} or
 * {@link #readAll} belongs to one thread; {@link #close} may be called by any.
 */
public final class GenerationGroup implements AutoCloseable {
    /** Takes events; its calls never overlap. */
    @FunctionalInterface
    public interface Listener {
        /**
         * An event of the generation with this index; never {@link TextEvent.Done} or {@link
         * TextEvent.Failed}.
         */
        void accept(int prompt, TextEvent event) throws InterruptedException;
    }

    private final List<TextGeneration> generations;
    private final Cancellation clientGone;
    private final Cancellation stopped;
    private final Grant grant;
    private final ReentrantLock listenerLock = new ReentrantLock();
    private TokenUsage usage = new TokenUsage(0, 0, 0);

    private GenerationGroup(List<TextGeneration> generations, HttpRequest http) {
        this.generations = generations;
        this.clientGone = http.clientGone();
        this.stopped = http.stopped();
        this.grant = http.grant();
    }

    /**
     * Submits all requests, or none.
     *
     * @param http for whom they are
     * @throws dev.parlance.server.access.LimitReachedException if the key may not use as many
     *     tokens now as they may take
     * @throws dev.parlance.engine.generation.QueueFullException if no more requests can wait
     */
    public static GenerationGroup start(
            LoadedModel model,
            List<GenerationRequest> requests,
            TextOptions options,
            HttpRequest http) {
        http.grant().reserveTokens(requests.stream().mapToLong(GenerationGroup::mostTokens).sum());
        List<TextGeneration> generations = new ArrayList<>(requests.size());
        GenerationGroup group = new GenerationGroup(generations, http);
        try {
            for (GenerationRequest request : requests) {
                generations.add(
                        TextGeneration.start(model.backend(), request, model.tokenizer(), options));
            }
        } catch (RuntimeException | Error failure) {
            group.close();
            throw failure;
        }
        group.clientGone.onCancel(group::close);
        group.stopped.onCancel(group::close);
        return group;
    }

    private static long mostTokens(GenerationRequest request) {
        return request.promptTokens().length + (long) request.choices() * request.maxTokens();
    }

    /**
     * Hands all events to a listener until every generation is complete.
     *
     * @return tokens of all generations
     * @throws GenerationFailedException if one ended early, or the server's stop ended them; the
     *     others are cancelled
     * @throws ClientGoneException if they were cancelled because the client left
     */
    public TokenUsage read(Listener listener) throws InterruptedException {
        runAll((prompt, generation) -> readOne(prompt, generation, listener));
        return usage;
    }

    /**
     * Waits until every generation is complete; the failures are those of {@link #read}.
     *
     * @param timings takes note of all events
     * @return what each generated, in order
     */
    public List<GeneratedText> readAll(Timings timings) throws InterruptedException {
        GeneratedText[] texts = new GeneratedText[generations.size()];
        runAll((prompt, generation) -> texts[prompt] = generation.readAll(timings::take));
        return List.of(texts);
    }

    private interface Reader {
        void read(int prompt, TextGeneration generation) throws InterruptedException;
    }

    private void runAll(Reader reader) throws InterruptedException {
        List<RequestThreads.Task> tasks = new ArrayList<>(generations.size());
        for (int prompt = 0; prompt < generations.size(); prompt++) {
            int index = prompt;
            TextGeneration generation = generations.get(index);
            tasks.add(() -> {
                try {
                    reader.read(index, generation);
                } finally {
                    grant.useTokens(generation.usage().totalTokens());
                }
            });
        }
        try {
            RequestThreads.runAll(tasks, this::close);
        } catch (GenerationFailedException failure) {
            if (clientGone.isCancelled()) {
                throw new ClientGoneException();
            }
            boolean cancelled = failure.failure() == Cause.CANCELLED;
            throw cancelled && stopped.isCancelled()
                    ? new GenerationFailedException(Cause.SHUTDOWN, "the server stops")
                    : failure;
        }
    }

    private void readOne(int prompt, TextGeneration generation, Listener listener)
            throws InterruptedException {
        while (true) {
            TextEvent event = generation.next();
            listenerLock.lockInterruptibly();
            try {
                switch (event) {
                    case TextEvent.PromptProgress _,
                            TextEvent.Prompt _,
                            TextEvent.Delta _,
                            TextEvent.ChoiceDone _ ->
                            listener.accept(prompt, event);
                    case TextEvent.Done(TokenUsage used) -> {
                        usage = usage.plus(used);
                        return;
                    }
                    case TextEvent.Failed(var cause, String message) ->
                            throw new GenerationFailedException(cause, message);
                }
            } finally {
                listenerLock.unlock();
            }
        }
    }

    /** Cancels what is not finished. Closing twice is harmless. */
    @Override
    public void close() {
        generations.forEach(TextGeneration::close);
    }
}
