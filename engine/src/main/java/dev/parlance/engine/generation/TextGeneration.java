package dev.parlance.engine.generation;

import dev.parlance.engine.sampling.TokenLogprobs;
import dev.parlance.engine.tokenizer.Tokenizer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A request whose tokens become text: runs one {@link GenerationRequest} and turns its events into
 * {@link TextEvent}s, with stop sequences applied.
 *
 * <p>What it gives does not depend on timing: a token behind the one that completed a stop sequence
 * is neither shown nor counted, though the engine may have generated it. Threads: {@link #next} and
 * {@link #readAll} belong to one thread, which does the work of detokenizing; {@link #close} may be
 * called by any.
 */
public final class TextGeneration implements AutoCloseable {
    private final GenerationRequest request;
    private final GenerationStream stream;
    private final List<ChoiceText> texts = new ArrayList<>();
    private final List<PredictionMatcher> predictions = new ArrayList<>();
    private final boolean[] done;
    private final ArrayDeque<TextEvent> ready = new ArrayDeque<>();
    private int openChoices;
    private int cachedTokens;
    private int completionTokens;
    private boolean ended;

    private TextGeneration(
            GenerationRequest request,
            GenerationStream stream,
            Tokenizer tokenizer,
            TextOptions options) {
        this.request = request;
        this.stream = stream;
        this.done = new boolean[request.choices()];
        this.openChoices = request.choices();
        for (int choice = 0; choice < request.choices(); choice++) {
            texts.add(
                    new ChoiceText(
                            choice,
                            tokenizer.detokenizer(options.withSpecialTokens()),
                            options.stopSequences(),
                            request.endTokens()));
            predictions.add(new PredictionMatcher(request.prediction()));
        }
    }

    /**
     * Submits a request.
     *
     * @throws QueueFullException if no more requests can wait
     */
    public static TextGeneration start(
            GenerationBackend backend,
            GenerationRequest request,
            Tokenizer tokenizer,
            TextOptions options) {
        return new TextGeneration(request, backend.submit(request), tokenizer, options);
    }

    /**
     * Waits for the next event.
     *
     * @throws IllegalStateException after {@link TextEvent.Done} or {@link TextEvent.Failed}
     */
    public TextEvent next() throws InterruptedException {
        while (ready.isEmpty()) {
            if (ended) {
                throw new IllegalStateException("no event follows Done or Failed");
            }
            take(stream.next());
        }
        return ready.remove();
    }

    /**
     * Waits for the end and gives everything at once.
     *
     * @throws GenerationFailedException if the request ended early
     */
    public GeneratedText readAll() throws InterruptedException {
        return readAll(_ -> {});
    }

    /**
     * The same.
     *
     * @param observer sees every event as it comes
     */
    public GeneratedText readAll(Consumer<TextEvent> observer) throws InterruptedException {
        List<TokenLogprobs> promptLogprobs = List.of();
        List<StringBuilder> builders = new ArrayList<>();
        List<List<GeneratedToken>> tokens = new ArrayList<>();
        for (int i = 0; i < request.choices(); i++) {
            builders.add(new StringBuilder());
            tokens.add(new ArrayList<>());
        }
        GeneratedText.Choice[] choices = new GeneratedText.Choice[request.choices()];
        while (true) {
            TextEvent event = next();
            observer.accept(event);
            switch (event) {
                case TextEvent.PromptProgress _ -> {}
                case TextEvent.Prompt(int _, List<TokenLogprobs> logprobs) ->
                        promptLogprobs = logprobs;
                case TextEvent.Delta delta -> {
                    builders.get(delta.choice()).append(delta.text());
                    tokens.get(delta.choice()).addAll(delta.tokens());
                }
                case TextEvent.ChoiceDone end ->
                        choices[end.choice()] =
                                new GeneratedText.Choice(
                                        builders.get(end.choice()).toString(),
                                        tokens.get(end.choice()),
                                        end.reason(),
                                        end.stopSequence(),
                                        end.cutTokenIds());
                case TextEvent.Done(TokenUsage usage) -> {
                    return new GeneratedText(promptLogprobs, List.of(choices), usage);
                }
                case TextEvent.Failed(GenerationEvent.Failed.Cause cause, String message) ->
                        throw new GenerationFailedException(cause, message);
            }
        }
    }

    /** Cancels what is not finished; its work ends within one step. Closing twice is harmless. */
    @Override
    public void close() {
        stream.close();
    }

    private void take(GenerationEvent event) {
        switch (event) {
            case GenerationEvent.Started _ -> {}
            case GenerationEvent.PromptProgress(int cached, int readyTokens) ->
                    ready.add(new TextEvent.PromptProgress(cached, readyTokens));
            case GenerationEvent.PromptComputed(int cached, List<TokenLogprobs> logprobs) -> {
                cachedTokens = cached;
                ready.add(new TextEvent.Prompt(cached, logprobs));
            }
            case GenerationEvent.TokenGenerated(
                            int choice,
                            int tokenId,
                            Optional<TokenLogprobs> logprobs) ->
                    takeToken(choice, tokenId, logprobs);
            case GenerationEvent.ChoiceFinished(int choice, FinishReason reason) -> {
                if (!done[choice]) {
                    give(texts.get(choice).finish());
                    endChoice(choice, reason);
                }
            }
            case GenerationEvent.Finished _ ->
                    throw new IllegalStateException(
                            "the backend finished with " + openChoices + " choices open");
            case GenerationEvent.Failed(GenerationEvent.Failed.Cause cause, String message) -> {
                ended = true;
                ready.add(new TextEvent.Failed(cause, message));
            }
        }
    }

    private void takeToken(int choice, int tokenId, Optional<TokenLogprobs> logprobs) {
        if (done[choice]) {
            return;
        }
        completionTokens++;
        predictions.get(choice).accept(tokenId);
        ChoiceText text = texts.get(choice);
        give(text.accept(tokenId, logprobs));
        if (text.stopSequence().isPresent()) {
            endChoice(choice, FinishReason.STOP_SEQUENCE);
            stream.cancelChoice(choice);
        }
    }

    private void give(TextEvent.Delta delta) {
        if (!delta.text().isEmpty() || !delta.tokens().isEmpty()) {
            ready.add(delta);
        }
    }

    private void endChoice(int choice, FinishReason reason) {
        ChoiceText text = texts.get(choice);
        Optional<String> stop = text.stopSequence();
        ready.add(
                new TextEvent.ChoiceDone(
                        choice,
                        stop.isPresent() ? FinishReason.STOP_SEQUENCE : reason,
                        stop,
                        text.cutTokenIds()));
        done[choice] = true;
        openChoices--;
        if (openChoices == 0) {
            // Without waiting for the engine, which may be some tokens further.
            ended = true;
            ready.add(new TextEvent.Done(usage()));
        }
    }

    /** What the request has taken so far, the prompt in full. Belongs to the thread that reads. */
    public TokenUsage usage() {
        return new TokenUsage(
                request.promptTokens().length,
                cachedTokens,
                completionTokens,
                predictions.stream().mapToInt(PredictionMatcher::accepted).sum(),
                predictions.stream().mapToInt(PredictionMatcher::rejected).sum());
    }
}
