package dev.parlance.server.api.completions;

import dev.parlance.engine.LoadedModel;
import dev.parlance.engine.generation.GenerationRequest;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.server.api.ApiOptions;
import dev.parlance.server.api.ChunkWriter;
import dev.parlance.server.api.CollectedChoice;
import dev.parlance.server.api.ContextWindow;
import dev.parlance.server.api.GenerationFields;
import dev.parlance.server.api.GenerationGroup;
import dev.parlance.server.api.JsonBodies;
import dev.parlance.server.api.ModelLookup;
import dev.parlance.server.api.Obfuscation;
import dev.parlance.server.api.ResponseHead;
import dev.parlance.server.api.ServicePolicy;
import dev.parlance.server.api.Timings;
import dev.parlance.server.api.TokenTexts;
import dev.parlance.server.catalog.LocalModel;
import dev.parlance.server.http.HttpHandler;
import dev.parlance.server.http.HttpRequest;
import dev.parlance.server.http.HttpResponse;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Answers {@code POST /v1/completions}. Threads: safe. */
public final class CompletionsEndpoint implements HttpHandler {
    private final ModelLookup models;
    private final InstantSource clock;
    private final ApiOptions options;
    private final ServicePolicy service;
    private final SecureRandom random = new SecureRandom();

    public CompletionsEndpoint(
            ModelLookup models, InstantSource clock, ApiOptions options, ServicePolicy service) {
        this.models = models;
        this.clock = clock;
        this.options = options;
        this.service = service;
    }

    @Override
    public HttpResponse handle(HttpRequest http) throws InterruptedException {
        CompletionRequest request = CompletionRequest.parse(JsonBodies.read(http), options);
        LocalModel target = models.borrow(request.common().model(), http);
        LoadedModel model = target.model();
        GenerationFields common = request.common().forModel(model.tokenizer());

        List<PreparedPrompt> prompts = new ArrayList<>();
        List<GenerationRequest> work = new ArrayList<>();
        PromptPreparation preparation = PromptPreparation.of(request, model);
        for (CompletionPrompt prompt : request.prompts()) {
            PreparedPrompt prepared = preparation.prepare(prompt);
            prompts.add(prepared);
            work.add(toWork(prepared, request, common, model, http));
        }
        CompletionMapper mapper =
                new CompletionMapper(
                        ResponseHead.create("cmpl-", common.requestId(), target, clock, random),
                        new TokenTexts(model.tokenizer(), common.logprobs().tokensAsIds()),
                        List.copyOf(prompts),
                        common.choices(),
                        request.topLogprobs(),
                        common.logprobs().promptTop(),
                        common.returnTokenIds(),
                        common.streaming().includeUsage());
        GenerationGroup group = GenerationGroup.start(model, work, common.textOptions(), http);
        Timings timings = new Timings(System::nanoTime);
        if (common.streaming().stream()) {
            ChunkWriter chunks = new ChunkWriter(common, timings, new Obfuscation(random));
            return new HttpResponse.Events(
                    new CompletionStream(request, group, mapper, chunks),
                    common.streaming().pingInterval());
        }
        try (group) {
            CollectedChoice.All all = CollectedChoice.readAll(group, common.includeStop(), timings);
            JsonObject.Builder answer =
                    mapper.whole(BestChoices.of(all, request.candidates(), common.choices()));
            if (common.timings()) {
                answer.put("timings", timings.toJson(all.usage()));
            }
            return JsonBodies.ok(answer.build());
        }
    }

    private GenerationRequest toWork(
            PreparedPrompt prompt,
            CompletionRequest request,
            GenerationFields common,
            LoadedModel model,
            HttpRequest http) {
        int contextLength = model.description().contextLength();
        boolean untilEnd = options.completionTokens() == ContextWindow.UNTIL_CONTEXT_END;
        int maxTokens =
                ContextWindow.maxTokens(
                        prompt.tokens().length,
                        request.maxTokens(),
                        untilEnd ? contextLength : options.completionTokens(),
                        contextLength,
                        "prompt");
        // The best are chosen by them.
        int topLogprobs =
                request.chooses() ? Math.max(0, request.topLogprobs()) : request.topLogprobs();
        return common.toRequest(
                        prompt.tokens(),
                        maxTokens,
                        common.logprobs()
                                .params(topLogprobs, request.echo() && request.wantsLogprobs()),
                        model.tokenizer().vocabulary(),
                        service.of(http))
                .withChoices(request.candidates());
    }
}
