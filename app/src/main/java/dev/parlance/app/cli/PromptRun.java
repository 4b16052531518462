package dev.parlance.app.cli;

import dev.parlance.engine.LoadedModel;
import dev.parlance.engine.chat.ChatMessage;
import dev.parlance.engine.chat.Conversation;
import dev.parlance.engine.chat.Role;
import dev.parlance.engine.chat.template.ChatTemplate;
import dev.parlance.engine.generation.FinishReason;
import dev.parlance.engine.generation.GenerationEvent.Failed.Cause;
import dev.parlance.engine.generation.GenerationRequest;
import dev.parlance.engine.generation.TextEvent;
import dev.parlance.engine.generation.TextGeneration;
import dev.parlance.engine.generation.TextOptions;
import dev.parlance.engine.generation.TokenUsage;
import dev.parlance.engine.sampling.SamplingParams;
import dev.parlance.engine.tokenizer.PromptText;
import dev.parlance.engine.tokenizer.Tokenizer;

import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One prompt through a model, its continuation to stdout as it comes, notes to stderr.
 *
 * @param raw whether the prompt is the model's whole input, rather than a user's message
 * @param maxTokens most tokens to generate; absent: as many as fit the context
 * @param quiet no notes
 */
record PromptRun(
        Optional<String> systemText,
        boolean raw,
        OptionalInt maxTokens,
        List<String> stopSequences,
        SamplingParams sampling,
        boolean quiet) {
    /** What shells expect of a program that Ctrl-C ended. */
    static final int INTERRUPTED = 130;

    private static final long CANCEL_SECONDS = 10;

    /** Returns the exit code. */
    int run(LoadedModel model, String prompt, Streams streams) throws InterruptedException {
        GenerationRequest request = request(model, promptTokens(model, prompt));
        long start = System.nanoTime();
        try (TextGeneration generation =
                        TextGeneration.start(
                                model.backend(),
                                request,
                                model.tokenizer(),
                                new TextOptions(stopSequences, false));
                Shutdown _ = Shutdown.onSignal(generation::close, CANCEL_SECONDS)) {
            return print(generation, start, streams);
        }
    }

    private int[] promptTokens(LoadedModel model, String prompt) {
        Tokenizer tokenizer = model.tokenizer();
        if (raw) {
            return tokenizer.encodeWithSpecialTokens(PromptText.withSpecialTokens(prompt));
        }
        List<ChatMessage> messages = new ArrayList<>();
        systemText.ifPresent(text -> messages.add(ChatMessage.of(Role.SYSTEM, text)));
        messages.add(ChatMessage.of(Role.USER, prompt));
        return tokenizer.encode(
                model.chatTemplate()
                        .render(
                                Conversation.of(messages.toArray(ChatMessage[]::new)),
                                ChatTemplate.Environment.of(
                                        tokenizer.vocabulary(), ZonedDateTime.now())));
    }

    private GenerationRequest request(LoadedModel model, int[] promptTokens) {
        int context = model.description().contextLength();
        if (promptTokens.length == 0) {
            throw new CommandException("the prompt is empty: the model needs at least one token");
        }
        int room = context - promptTokens.length;
        int limit = maxTokens.orElse(room);
        if (room < 1 || limit > room) {
            throw new CommandException(
                    "the prompt has "
                            + promptTokens.length
                            + " tokens and the context is "
                            + context
                            + (limit > room && room > 0
                                    ? "; --max-tokens can be " + room + " at most"
                                    : "; shorten it, or try a larger --context"));
        }
        return new GenerationRequest(
                promptTokens,
                limit,
                0,
                model.tokenizer().vocabulary().endOfGeneration(),
                1,
                sampling,
                -1,
                false);
    }

    private int print(TextGeneration generation, long start, Streams streams)
            throws InterruptedException {
        Optional<FinishReason> reason = Optional.empty();
        long prefilled = start;
        while (true) {
            switch (generation.next()) {
                case TextEvent.PromptProgress _ -> {}
                case TextEvent.Prompt _ -> prefilled = System.nanoTime();
                case TextEvent.Delta delta -> {
                    streams.out().print(delta.text());
                    streams.flushOut();
                }
                case TextEvent.ChoiceDone done -> reason = Optional.of(done.reason());
                case TextEvent.Done(TokenUsage usage) -> {
                    endLine(streams);
                    if (!quiet) {
                        note(
                                streams,
                                usage,
                                reason,
                                Duration.ofNanos(prefilled - start),
                                Duration.ofNanos(System.nanoTime() - prefilled));
                    }
                    return 0;
                }
                case TextEvent.Failed(Cause cause, String message) -> {
                    endLine(streams);
                    return switch (cause) {
                        case CANCELLED, SHUTDOWN -> INTERRUPTED;
                        case TIMEOUT, ERROR -> throw new CommandException(message);
                    };
                }
            }
        }
    }

    private static void endLine(Streams streams) {
        streams.out().println();
        streams.flushOut();
    }

    private static void note(
            Streams streams,
            TokenUsage usage,
            Optional<FinishReason> reason,
            Duration prefill,
            Duration decode) {
        String end =
                switch (reason.orElse(FinishReason.LENGTH)) {
                    case STOP_TOKEN -> "the model ended";
                    case STOP_SEQUENCE -> "a stop sequence was met";
                    case LENGTH -> "the limit was reached";
                };
        streams.err()
                .println(
                        String.format(
                                Locale.ROOT,
                                "[prompt: %d tokens, %.1f/s; generated: %d tokens, %.1f/s; %s]",
                                usage.promptTokens(),
                                perSecond(usage.promptTokens() - usage.cachedTokens(), prefill),
                                usage.completionTokens(),
                                perSecond(usage.completionTokens(), decode),
                                end));
    }

    private static double perSecond(int tokens, Duration time) {
        return tokens * 1e9 / Math.max(time.toNanos(), 1);
    }
}
