package dev.parlance.server.api.chatcompletions;

import dev.parlance.engine.LoadedModel;
import dev.parlance.engine.generation.GenerationRequest;
import dev.parlance.engine.tokenizer.PromptText;
import dev.parlance.engine.tokenizer.Vocabulary;
import dev.parlance.server.api.ApiException;
import dev.parlance.server.api.CollectedChoice;
import dev.parlance.server.api.ContextWindow;
import dev.parlance.server.api.ConversationFields;
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
import java.util.List;

/** Answers {@code POST /v1/chat/completions}. Threads: safe. */
public final class ChatCompletionsEndpoint implements HttpHandler {
    private final ModelLookup models;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();

    public ChatCompletionsEndpoint(ModelLookup models, InstantSource clock) {
        this.models = models;
        this.clock = clock;
    }

    @Override
    public HttpResponse handle(HttpRequest http) throws InterruptedException {
        ChatCompletionRequest request = ChatCompletionRequest.parse(JsonBodies.read(http));
        GenerationFields common = request.common();
        LocalModel target = models.find(common.model(), http);
        LoadedModel model = target.model();
        Vocabulary vocabulary = model.tokenizer().vocabulary();
        common.checkAgainst(vocabulary);

        int[] prompt = promptTokens(request, model);
        int contextLength = model.description().contextLength();
        int maxTokens =
                ContextWindow.maxTokens(
                        prompt.length,
                        request.maxTokens(),
                        contextLength,
                        contextLength,
                        "messages");
        GenerationRequest work =
                common.toRequest(prompt, maxTokens, request.topLogprobs(), false, vocabulary);

        ChatCompletionMapper mapper =
                new ChatCompletionMapper(
                        ResponseHead.create("chatcmpl-", target, clock, random),
                        new TokenTexts(model.tokenizer()),
                        request.topLogprobs() >= 0,
                        common.returnTokenIds(),
                        common.streaming().includeUsage());
        GenerationGroup group =
                GenerationGroup.start(model, List.of(work), common.textOptions(), http);
        if (common.streaming().stream()) {
            return new HttpResponse.Events(
                    new ChatCompletionStream(
                            request, group, mapper, prompt, new Obfuscation(random)));
        }
        try (group) {
            CollectedChoice.All all = CollectedChoice.readAll(group, common.includeStop());
            return JsonBodies.ok(mapper.whole(all, prompt));
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
