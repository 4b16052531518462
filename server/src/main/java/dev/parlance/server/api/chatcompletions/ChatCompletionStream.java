package dev.parlance.server.api.chatcompletions;

import dev.parlance.engine.generation.TextEvent;
import dev.parlance.engine.generation.TokenUsage;
import dev.parlance.engine.json.Json;
import dev.parlance.server.api.ChunkWriter;
import dev.parlance.server.api.GenerationGroup;
import dev.parlance.server.http.EventSource;
import dev.parlance.server.http.SseWriter;

import java.util.List;

/** A chat completion as events: role, text, finish for each choice, usage if asked for, the end. */
final class ChatCompletionStream implements EventSource {
    private final ChatCompletionRequest request;
    private final GenerationGroup group;
    private final ChatCompletionMapper mapper;
    private final int[] promptTokens;
    private final ChunkWriter chunks;

    ChatCompletionStream(
            ChatCompletionRequest request,
            GenerationGroup group,
            ChatCompletionMapper mapper,
            int[] promptTokens,
            ChunkWriter chunks) {
        this.request = request;
        this.group = group;
        this.mapper = mapper;
        this.promptTokens = promptTokens;
        this.chunks = chunks;
    }

    @Override
    public void writeTo(SseWriter writer) throws InterruptedException {
        try (group) {
            for (int choice = 0; choice < request.common().choices(); choice++) {
                chunks.send(writer, mapper.roleChunk(choice, promptTokens));
                if (!mapper.echo().isEmpty()) {
                    chunks.send(writer, mapper.textChunk(choice, mapper.echo(), List.of()));
                }
            }
            TokenUsage usage = group.read((_, event) -> write(writer, event));
            if (request.common().streaming().includeUsage()) {
                writer.send(Json.write(mapper.usageChunk(usage).build()));
            }
            writer.send("[DONE]");
        }
    }

    private void write(SseWriter writer, TextEvent event) throws InterruptedException {
        chunks.take(event, promptTokens.length);
        switch (event) {
            case TextEvent.PromptProgress progress ->
                    chunks.sendProgress(
                            writer,
                            mapper.textChunk(0, "", List.of()),
                            progress,
                            promptTokens.length);
            case TextEvent.Delta delta -> {
                boolean tokensMatter = mapper.logprobs() || mapper.tokenIds();
                if (!delta.text().isEmpty() || tokensMatter) {
                    chunks.send(
                            writer, mapper.textChunk(delta.choice(), delta.text(), delta.tokens()));
                }
            }
            case TextEvent.ChoiceDone done -> {
                if (request.common().includeStop() && done.stopSequence().isPresent()) {
                    String stop = done.stopSequence().get();
                    chunks.send(writer, mapper.textChunk(done.choice(), stop, List.of()));
                }
                chunks.send(
                        writer,
                        mapper.finishChunk(done.choice(), done.reason(), done.cutTokenIds()));
            }
            case TextEvent.Prompt _, TextEvent.Done _, TextEvent.Failed _ -> {}
        }
    }
}
