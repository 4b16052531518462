package dev.parlance.server.api.chatcompletions;

import dev.parlance.engine.LoadedModel;
import dev.parlance.engine.generation.GenerationRequest;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.tokenizer.PromptText;
import dev.parlance.server.api.ApiException;
import dev.parlance.server.api.ApiOptions;
import dev.parlance.server.api.ChunkWriter;
import dev.parlance.server.api.CollectedChoice;
import dev.parlance.server.api.ContextWindow;
import dev.parlance.server.api.ConversationFields;
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
import java.util.List;

/** Answers {@code POST /v1/chat/completions}. Threads: safe. */
public final class ChatCompletionsEndpoint implements HttpHandler {
    private final ModelLookup models;
    private final InstantSource clock;
    private final ApiOptions options;
    private final ServicePolicy service;
    private final SecureRandom random = new SecureRandom();

    public ChatCompletionsEndpoint(
            ModelLookup models, InstantSource clock, ApiOptions options, ServicePolicy service) {
        this.models = models;
        this.clock = clock;
        this.options = options;
        this.service = service;
    }

    @Override
    public HttpResponse handle(HttpRequest http) throws InterruptedException {
        ChatCompletionRequest request = ChatCompletionRequest.parse(JsonBodies.read(http), options);
        LocalModel target = models.borrow(request.common().model(), http);
        LoadedModel model = target.model();
        GenerationFields common = request.common().forModel(model.tokenizer());

        int contextLength = model.description().contextLength();
        int[] prompt =
                common.truncation()
                        .cut(
                                promptTokens(request, model),
                                contextLength - Math.max(1, request.maxTokens().orElse(1)));
        int maxTokens =
                ContextWindow.maxTokens(
                        prompt.length,
                        request.maxTokens(),
                        contextLength,
                        contextLength,
                        "messages");
        GenerationRequest work =
                common.toRequest(
                                prompt,
                                maxTokens,
                                common.logprobs().params(request.topLogprobs(), false),
                                model.tokenizer().vocabulary(),
                                service.of(http))
                        .withPrediction(
                                model.tokenizer().encode(PromptText.plain(request.prediction())));

        ChatCompletionMapper mapper =
                new ChatCompletionMapper(
                        ResponseHead.create("chatcmpl-", common.requestId(), target, clock, random),
                        new TokenTexts(model.tokenizer(), common.logprobs().tokensAsIds()),
                        request.echo(),
                        request.topLogprobs() >= 0,
                        common.logprobs().promptTop(),
                        common.returnTokenIds(),
                        common.streaming().includeUsage());
        GenerationGroup group =
                GenerationGroup.start(model, List.of(work), common.textOptions(), http);
        Timings timings = new Timings(System::nanoTime);
        if (common.streaming().stream()) {
            ChunkWriter chunks = new ChunkWriter(common, timings, new Obfuscation(random));
            return new HttpResponse.Events(
                    new ChatCompletionStream(request, group, mapper, prompt, chunks),
                    common.streaming().pingInterval());
        }
        try (group) {
            CollectedChoice.All all = CollectedChoice.readAll(group, common.includeStop(), timings);
            JsonObject.Builder answer = mapper.whole(all, prompt, request.metadata());
            if (common.timings()) {
                answer.put("timings", timings.toJson(all.usage()));
            }
            return JsonBodies.ok(answer.build());
        }
    }

    private int[] promptTokens(ChatCompletionRequest request, LoadedModel model) {
        PromptText prompt = ConversationFields.render(request.conversation(), model, clock);
        // The template writes BOS where the model wants one; adding another would change answers.
        int[] tokens =
                request.addSpecialTokens()
                        ? model.tokenizer().encodeWithSpecialTokens(prompt)
                        : model.tokenizer().encode(prompt);
        if (tokens.length == 0) {
            throw ApiException.invalidValue(
                    "messages", "the model's chat template made no prompt of these messages");
        }
        return tokens;
    }
}
