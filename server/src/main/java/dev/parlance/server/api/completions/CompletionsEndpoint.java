package dev.parlance.server.api.completions;

import dev.parlance.engine.LoadedModel;
import dev.parlance.engine.generation.GenerationRequest;
import dev.parlance.engine.tokenizer.FillInMiddle;
import dev.parlance.engine.tokenizer.PromptText;
import dev.parlance.engine.tokenizer.Tokenizer;
import dev.parlance.engine.tokenizer.Vocabulary;
import dev.parlance.server.api.ApiException;
import dev.parlance.server.api.ApiOptions;
import dev.parlance.server.api.CollectedChoice;
import dev.parlance.server.api.ContextWindow;
import dev.parlance.server.api.GenerationFields;
import dev.parlance.server.api.GenerationGroup;
import dev.parlance.server.api.JsonBodies;
import dev.parlance.server.api.ModelLookup;
import dev.parlance.server.api.Obfuscation;
import dev.parlance.server.api.ResponseHead;
import dev.parlance.server.api.ServicePolicy;
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
        for (CompletionPrompt prompt : request.prompts()) {
            PreparedPrompt prepared = prepare(prompt, request, model);
            prompts.add(prepared);
            work.add(toWork(prepared, request, common, model));
        }
        CompletionMapper mapper =
                new CompletionMapper(
                        ResponseHead.create("cmpl-", common.requestId(), target, clock, random),
                        new TokenTexts(model.tokenizer(), common.tokensAsIds()),
                        List.copyOf(prompts),
                        common.choices(),
                        request.topLogprobs(),
                        common.promptLogprobs(),
                        common.returnTokenIds(),
                        common.streaming().includeUsage());
        GenerationGroup group = GenerationGroup.start(model, work, common.textOptions(), http);
        if (common.streaming().stream()) {
            return new HttpResponse.Events(
                    new CompletionStream(request, group, mapper, new Obfuscation(random)));
        }
        try (group) {
            CollectedChoice.All all = CollectedChoice.readAll(group, common.includeStop());
            return JsonBodies.ok(
                    mapper.whole(BestChoices.of(all, request.candidates(), common.choices())));
        }
    }

    private static PreparedPrompt prepare(
            CompletionPrompt prompt, CompletionRequest request, LoadedModel model) {
        Tokenizer tokenizer = model.tokenizer();
        boolean fillsGap = request.suffix().isPresent();
        int[] whole = prompt.tokens(tokenizer, request.addSpecialTokens(), !fillsGap);
        int room = model.description().contextLength() - Math.max(1, request.maxTokens().orElse(1));
        int[] tokens = request.common().truncation().cut(whole, room);
        if (fillsGap) {
            return new PreparedPrompt(gap(tokens, request, tokenizer), Optional.empty());
        }
        if (!request.echo()) {
            return new PreparedPrompt(tokens, Optional.empty());
        }
        boolean withSpecial = !request.common().skipSpecialTokens();
        CompletionPrompt shown =
                tokens.length == whole.length ? prompt : new CompletionPrompt.Ids(tokens, "prompt");
        return new PreparedPrompt(
                tokens, Optional.of(EchoedPrompt.of(shown, tokens, tokenizer, withSpecial)));
    }

    private static int[] gap(int[] before, CompletionRequest request, Tokenizer tokenizer) {
        Vocabulary vocabulary = tokenizer.vocabulary();
        FillInMiddle marks = vocabulary.fillInMiddle().orElseThrow(() -> noMarks(request));
        int[] after = tokenizer.encode(PromptText.plain(request.suffix().orElse("")));
        return marks.prompt(before, after, vocabulary.bos().orElse(-1));
    }

    private static ApiException noMarks(CompletionRequest request) {
        return ApiException.unsupported(
                "suffix",
                "'suffix' is not supported by the model '"
                        + request.common().model()
                        + "': it has no tokens for filling in the middle");
    }

    private GenerationRequest toWork(
            PreparedPrompt prompt,
            CompletionRequest request,
            GenerationFields common,
            LoadedModel model) {
        int contextLength = model.description().contextLength();
        boolean untilEnd = options.completionTokens() == ContextWindow.UNTIL_CONTEXT_END;
        int maxTokens =
                ContextWindow.maxTokens(
                        prompt.tokens().length,
                        request.maxTokens(),
                        untilEnd ? contextLength : options.completionTokens(),
                        contextLength,
                        "prompt");
        return common.toRequest(
                        prompt.tokens(),
                        maxTokens,
                        request.chooses()
                                ? Math.max(0, request.topLogprobs())
                                : request.topLogprobs(),
                        request.echo() && request.wantsLogprobs(),
                        model.tokenizer().vocabulary(),
                        service)
                .withChoices(request.candidates());
    }
}
