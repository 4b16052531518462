package dev.parlance.server.api.chatcompletions;

import dev.parlance.engine.generation.TextEvent;
import dev.parlance.engine.generation.TokenUsage;
import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.server.api.GenerationGroup;
import dev.parlance.server.api.Obfuscation;
import dev.parlance.server.api.RunningUsage;
import dev.parlance.server.api.UsageJson;
import dev.parlance.server.http.EventSource;
import dev.parlance.server.http.SseWriter;

import java.util.List;

/** A chat completion as events: role, text, finish for each choice, usage if asked for, the end. */
final class ChatCompletionStream implements EventSource {
    private final ChatCompletionRequest request;
    private final GenerationGroup group;
    private final ChatCompletionMapper mapper;
    private final int[] promptTokens;
    private final Obfuscation obfuscation;
    private final RunningUsage usageSoFar = new RunningUsage();

    ChatCompletionStream(
            ChatCompletionRequest request,
            GenerationGroup group,
            ChatCompletionMapper mapper,
            int[] promptTokens,
            Obfuscation obfuscation) {
        this.request = request;
        this.group = group;
        this.mapper = mapper;
        this.promptTokens = promptTokens;
        this.obfuscation = obfuscation;
    }

    @Override
    public void writeTo(SseWriter writer) throws InterruptedException {
        try (group) {
            for (int choice = 0; choice < request.common().choices(); choice++) {
                send(writer, mapper.roleChunk(choice, promptTokens));
            }
            TokenUsage usage = group.read((_, event) -> write(writer, event));
            if (request.common().streaming().includeUsage()) {
                writer.send(Json.write(mapper.usageChunk(usage).build()));
            }
            writer.send("[DONE]");
        }
    }

    private void write(SseWriter writer, TextEvent event) throws InterruptedException {
        usageSoFar.take(event, promptTokens.length);
        switch (event) {
            case TextEvent.Delta delta -> {
                boolean tokensMatter = mapper.topLogprobs() >= 0 || mapper.tokenIds();
                if (!delta.text().isEmpty() || tokensMatter) {
                    send(writer, mapper.textChunk(delta.choice(), delta.text(), delta.tokens()));
                }
            }
            case TextEvent.ChoiceDone done -> {
                if (request.common().includeStop() && done.stopSequence().isPresent()) {
                    String stop = done.stopSequence().get();
                    send(writer, mapper.textChunk(done.choice(), stop, List.of()));
                }
                send(writer, mapper.finishChunk(done.choice(), done.reason(), done.cutTokenIds()));
            }
            case TextEvent.Prompt _, TextEvent.Done _, TextEvent.Failed _ -> {}
        }
    }

    private void send(SseWriter writer, JsonObject.Builder chunk) throws InterruptedException {
        if (request.common().streaming().continuousUsage()) {
            chunk.put("usage", UsageJson.of(usageSoFar.now()));
        }
        if (request.common().streaming().obfuscate()) {
            chunk.put("obfuscation", obfuscation.next());
        }
        writer.send(Json.write(chunk.build()));
    }
}
