package dev.parlance.app.bench.serve;

import static dev.parlance.app.bench.serve.OpenAiClient.integer;
import static dev.parlance.app.bench.serve.OpenAiClient.member;

import dev.parlance.app.sse.SseDecoder;
import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonParseException;
import dev.parlance.engine.json.JsonString;
import dev.parlance.engine.json.JsonValue;

import org.jspecify.annotations.Nullable;

import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.LongSupplier;

/** Reads the events of an answer as its bytes arrive, into a recording. */
final class AnswerSubscriber implements BodySubscriber<String> {
    private static final String DONE = "[DONE]";

    /** Where text is: a completion's, a chat's, and that of a model which thinks first. */
    private static final List<String> CHAT_TEXTS =
            List.of("content", "reasoning_content", "reasoning");

    private final Recording recording;
    private final LongSupplier clock;
    private final SseDecoder decoder = new SseDecoder(this::read);
    private final CompletableFuture<String> end = new CompletableFuture<>();
    private Flow.@Nullable Subscription subscription;
    private long arrival;

    AnswerSubscriber(Recording recording, LongSupplier clock) {
        this.recording = recording;
        this.clock = clock;
    }

    @Override
    public CompletionStage<String> getBody() {
        return end;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        this.subscription = subscription;
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        arrival = clock.getAsLong();
        try {
            buffers.forEach(decoder::feed);
        } catch (IllegalStateException | JsonParseException e) {
            recording.fail("malformed event", OpenAiClient.cut(String.valueOf(e.getMessage())));
            if (subscription != null) {
                subscription.cancel();
            }
            end.complete("");
        }
    }

    private void read(String data) {
        recording.event();
        if (data.equals(DONE)) {
            recording.finish();
            return;
        }
        JsonValue event = Json.parse(data);
        if (member(event, "error") instanceof JsonObject error && !error.members().isEmpty()) {
            recording.fail("error event", OpenAiClient.cut(data));
        }
        if (member(event, "choices") instanceof JsonArray(var choices) && !choices.isEmpty()) {
            String text = text(choices.getFirst());
            if (!text.isEmpty()) {
                recording.piece(text, arrival);
            }
            if (member(choices.getFirst(), "finish_reason") instanceof JsonString) {
                recording.finish();
            }
        }
        readUsage(member(event, "usage"));
    }

    private static String text(JsonValue choice) {
        if (member(choice, "text") instanceof JsonString(var text)) {
            return text;
        }
        JsonValue delta = member(choice, "delta");
        for (String name : CHAT_TEXTS) {
            if (member(delta, name) instanceof JsonString(var text) && !text.isEmpty()) {
                return text;
            }
        }
        return "";
    }

    private void readUsage(JsonValue usage) {
        JsonValue details = member(usage, "prompt_tokens_details");
        integer(member(usage, "completion_tokens"))
                .ifPresent(completion ->
                        recording.usage(
                                new Usage(
                                        integer(member(usage, "prompt_tokens")).orElse(0),
                                        integer(member(details, "cached_tokens")).orElse(0),
                                        completion)));
    }

    @Override
    public void onError(Throwable failure) {
        end.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        end.complete("");
    }
}
