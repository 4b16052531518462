package dev.parlance.server.api.completions;

import dev.parlance.engine.LoadedModel;
import dev.parlance.engine.generation.GenerationRequest;
import dev.parlance.engine.tokenizer.Tokenizer;
import dev.parlance.server.api.CollectedChoice;
import dev.parlance.server.api.ContextWindow;
import dev.parlance.server.api.GenerationFields;
import dev.parlance.server.api.GenerationGroup;
import dev.parlance.server.api.JsonBodies;
import dev.parlance.server.api.ModelLookup;
import dev.parlance.server.api.Obfuscation;
import dev.parlance.server.api.ResponseHead;
import dev.parlance.server.api.TokenTexts;
import dev.parlance.server.catalog.LocalModel;
import dev.parlance.server.http.HttpHandler;
import dev.parlance.server.http.HttpRequest;
import dev.parlance.server.http.HttpResponse;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Answers {@code POST /v1/completions}. Threads: safe. */
public final class CompletionsEndpoint implements HttpHandler {
    /** OpenAI's. */
    private static final int DEFAULT_MAX_TOKENS = 16;

    private final ModelLookup models;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();

    public CompletionsEndpoint(ModelLookup models, InstantSource clock) {
        this.models = models;
        this.clock = clock;
    }

    @Override
    public HttpResponse handle(HttpRequest http) throws InterruptedException {
        CompletionRequest request = CompletionRequest.parse(JsonBodies.read(http));
        GenerationFields common = request.common();
        LocalModel target = models.find(common.model(), http);
        LoadedModel model = target.model();
        common.checkAgainst(model.tokenizer().vocabulary());

        List<PreparedPrompt> prompts = new ArrayList<>();
        List<GenerationRequest> work = new ArrayList<>();
        for (CompletionPrompt prompt : request.prompts()) {
            PreparedPrompt prepared = prepare(prompt, request, model.tokenizer());
            prompts.add(prepared);
            work.add(toWork(prepared, request, model));
        }
        CompletionMapper mapper =
                new CompletionMapper(
                        ResponseHead.create("cmpl-", target, clock, random),
                        new TokenTexts(model.tokenizer()),
                        List.copyOf(prompts),
                        common.choices(),
                        request.wantsLogprobs(),
                        common.returnTokenIds(),
                        common.streaming().includeUsage());
        GenerationGroup group = GenerationGroup.start(model, work, common.textOptions(), http);
        if (common.streaming().stream()) {
            return new HttpResponse.Events(
                    new CompletionStream(request, group, mapper, new Obfuscation(random)));
        }
        try (group) {
            return JsonBodies.ok(
                    mapper.whole(CollectedChoice.readAll(group, common.includeStop())));
        }
    }

    private static PreparedPrompt prepare(
            CompletionPrompt prompt, CompletionRequest request, Tokenizer tokenizer) {
        int[] tokens = prompt.tokens(tokenizer, request.addSpecialTokens());
        return new PreparedPrompt(
                tokens,
                request.echo()
                        ? Optional.of(
                                EchoedPrompt.of(
                                        prompt,
                                        tokens,
                                        tokenizer,
                                        !request.common().skipSpecialTokens()))
                        : Optional.empty());
    }

    private static GenerationRequest toWork(
            PreparedPrompt prompt, CompletionRequest request, LoadedModel model) {
        int maxTokens =
                ContextWindow.maxTokens(
                        prompt.tokens().length,
                        request.maxTokens(),
                        DEFAULT_MAX_TOKENS,
                        model.description().contextLength(),
                        "prompt");
        return request.common()
                .toRequest(
                        prompt.tokens(),
                        maxTokens,
                        request.topLogprobs(),
                        request.echo() && request.wantsLogprobs(),
                        model.tokenizer().vocabulary());
    }
}
