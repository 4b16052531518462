package dev.parlance.engine.scheduler;

import dev.parlance.engine.generation.FinishReason;
import dev.parlance.engine.generation.GenerationEvent;
import dev.parlance.engine.generation.GenerationEvent.TokenGenerated;
import dev.parlance.engine.generation.GenerationRequest;
import dev.parlance.engine.generation.GenerationStream;
import dev.parlance.engine.sampling.Candidates;
import dev.parlance.engine.sampling.RandomStream;
import dev.parlance.engine.sampling.Sampler;
import dev.parlance.engine.sampling.TokenLogprobs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a request gives when it runs alone, without any scheduler. */
final class Expected {
    private Expected() {}

    /** The tokens of a choice and how it ends. */
    static List<GenerationEvent> choice(GenerationRequest request, int choice) {
        Sampler sampler =
                new Sampler(
                        request.sampling(),
                        request.promptTokens(),
                        new RandomStream(request.sampling().seed().orElseThrow(), choice));
        Candidates candidates = new Candidates(FakeModel.VOCABULARY);
        List<GenerationEvent> events = new ArrayList<>();
        int[] tokens = request.promptTokens();
        FinishReason reason = FinishReason.LENGTH;
        for (int i = 0; i < request.maxTokens(); i++) {
            float[] logits = FakeModel.logits(tokens);
            int id =
                    sampler.next(
                            logits,
                            i < request.minTokens() ? request.endTokens() : Set.of(),
                            candidates);
            events.add(
                    new TokenGenerated(
                            choice,
                            id,
                            request.logprobs().ofGenerated()
                                    ? Optional.of(
                                            Sampler.logprobs(
                                                    logits, id, request.logprobs(), candidates))
                                    : Optional.empty()));
            if (request.endTokens().contains(id)) {
                reason = FinishReason.STOP_TOKEN;
                break;
            }
            tokens = Arrays.copyOf(tokens, tokens.length + 1);
            tokens[tokens.length - 1] = id;
        }
        events.add(new GenerationEvent.ChoiceFinished(choice, reason));
        return events;
    }

    static List<TokenLogprobs> promptLogprobs(GenerationRequest request) {
        List<TokenLogprobs> logprobs = new ArrayList<>();
        int[] prompt = request.promptTokens();
        for (int i = 1; request.logprobs().ofPrompt() && i < prompt.length; i++) {
            float[] logits = FakeModel.logits(Arrays.copyOf(prompt, i));
            logprobs.add(TokenLogprobs.of(logits, prompt[i], request.logprobs().promptTop()));
        }
        return logprobs;
    }

    /** The events of one choice, in order. */
    static List<GenerationEvent> ofChoice(List<GenerationEvent> events, int choice) {
        return events.stream()
                .filter(event ->
                        switch (event) {
                            case TokenGenerated token -> token.choice() == choice;
                            case GenerationEvent.ChoiceFinished end -> end.choice() == choice;
                            case GenerationEvent.Started _,
                                    GenerationEvent.PromptProgress _,
                                    GenerationEvent.PromptComputed _,
                                    GenerationEvent.Finished _,
                                    GenerationEvent.Failed _ ->
                                    false;
                        })
                .toList();
    }

    /**
     * Everything up to the terminal event, but for the start and progress, which say nothing of the
     * answer; for streams whose work is over.
     */
    static List<GenerationEvent> drain(GenerationStream stream) {
        List<GenerationEvent> events = new ArrayList<>();
        do {
            events.add(next(stream));
        } while (!isTerminal(events.getLast()));
        events.removeIf(GenerationEvent.Started.class::isInstance);
        events.removeIf(GenerationEvent.PromptProgress.class::isInstance);
        return events;
    }

    /** The next event, which must be there or come. */
    static GenerationEvent next(GenerationStream stream) {
        try {
            return stream.next();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    static boolean isTerminal(GenerationEvent event) {
        return event instanceof GenerationEvent.Finished || event instanceof GenerationEvent.Failed;
    }
}
