package dev.parlance.server.api.completions;

import dev.parlance.engine.generation.TextEvent;
import dev.parlance.engine.generation.TokenUsage;
import dev.parlance.engine.json.Json;
import dev.parlance.engine.sampling.TokenLogprobs;
import dev.parlance.server.api.ChunkWriter;
import dev.parlance.server.api.GenerationGroup;
import dev.parlance.server.http.EventSource;
import dev.parlance.server.http.SseWriter;

import java.util.List;

/** A completion as events: prompt if asked for, text, finish for each choice, usage, the end. */
final class CompletionStream implements EventSource {
    private final CompletionRequest request;
    private final GenerationGroup group;
    private final CompletionMapper mapper;
    private final ChunkWriter chunks;

    CompletionStream(
            CompletionRequest request,
            GenerationGroup group,
            CompletionMapper mapper,
            ChunkWriter chunks) {
        this.request = request;
        this.group = group;
        this.mapper = mapper;
        this.chunks = chunks;
    }

    @Override
    public void writeTo(SseWriter writer) throws InterruptedException {
        try (group) {
            TokenUsage usage =
                    group.read((prompt, event) ->
                            write(writer, prompt * request.common().choices(), event));
            if (request.common().streaming().includeUsage()) {
                writer.send(Json.write(mapper.usageChunk(usage).build()));
            }
            writer.send("[DONE]");
        }
    }

    private void write(SseWriter writer, int firstChoice, TextEvent event)
            throws InterruptedException {
        int promptTokens = mapper.promptOf(firstChoice).tokens().length;
        chunks.take(event, promptTokens);
        switch (event) {
            case TextEvent.PromptProgress progress ->
                    chunks.sendProgress(
                            writer,
                            mapper.textChunk(firstChoice, "", List.of()),
                            progress,
                            promptTokens);
            case TextEvent.Prompt(int _, List<TokenLogprobs> logprobs) -> {
                if (request.echo() || mapper.tokenIds()) {
                    for (int i = 0; i < request.common().choices(); i++) {
                        chunks.send(writer, mapper.promptChunk(firstChoice + i, logprobs));
                    }
                }
            }
            case TextEvent.Delta delta -> {
                boolean tokensMatter = mapper.topLogprobs() >= 0 || mapper.tokenIds();
                if (!delta.text().isEmpty() || tokensMatter) {
                    int choice = firstChoice + delta.choice();
                    chunks.send(writer, mapper.textChunk(choice, delta.text(), delta.tokens()));
                }
            }
            case TextEvent.ChoiceDone done -> {
                int choice = firstChoice + done.choice();
                if (request.common().includeStop() && done.stopSequence().isPresent()) {
                    chunks.send(
                            writer, mapper.textChunk(choice, done.stopSequence().get(), List.of()));
                }
                chunks.send(writer, mapper.finishChunk(choice, done.reason(), done.cutTokenIds()));
            }
            case TextEvent.Done _, TextEvent.Failed _ -> {}
        }
    }
}
