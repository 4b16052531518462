package dev.parlance.app.chat;

import dev.parlance.engine.LoadedModel;
import dev.parlance.engine.chat.ChatMessage;
import dev.parlance.engine.chat.Conversation;
import dev.parlance.engine.chat.template.ChatTemplate;
import dev.parlance.engine.chat.template.TemplateException;
import dev.parlance.engine.generation.FinishReason;
import dev.parlance.engine.generation.GenerationEvent.Failed.Cause;
import dev.parlance.engine.generation.GenerationRequest;
import dev.parlance.engine.generation.TextEvent;
import dev.parlance.engine.generation.TextGeneration;
import dev.parlance.engine.generation.TextOptions;
import dev.parlance.engine.generation.TokenUsage;
import dev.parlance.engine.tokenizer.Tokenizer;

import org.jspecify.annotations.Nullable;

import java.time.ZonedDateTime;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** A model in this process. Closing it closes the model. */
public final class ModelPartner implements ChatPartner {
    private final LoadedModel model;
    private volatile @Nullable TextGeneration running;

    public ModelPartner(LoadedModel model) {
        this.model = model;
    }

    @Override
    public String name() {
        return model.description().name();
    }

    @Override
    public ChatAnswer answer(
            List<ChatMessage> conversation, ChatSettings settings, Consumer<String> onText)
            throws InterruptedException {
        GenerationRequest request = request(tokens(conversation), settings);
        AnswerClock clock = new AnswerClock(onText);
        try (TextGeneration generation =
                TextGeneration.start(
                        model.backend(),
                        request,
                        model.tokenizer(),
                        new TextOptions(List.of(), false))) {
            running = generation;
            return read(generation, clock);
        } finally {
            running = null;
        }
    }

    private static ChatAnswer read(TextGeneration generation, AnswerClock clock)
            throws InterruptedException {
        ChatAnswer.End end = ChatAnswer.End.COMPLETE;
        while (true) {
            switch (generation.next()) {
                case TextEvent.PromptProgress _, TextEvent.Prompt _ -> {}
                case TextEvent.Delta delta -> clock.text(delta.text());
                case TextEvent.ChoiceDone done -> {
                    if (done.reason() == FinishReason.LENGTH) {
                        end = ChatAnswer.End.LIMIT;
                    }
                }
                case TextEvent.Done(TokenUsage usage) -> {
                    return clock.end(OptionalInt.of(usage.completionTokens()), end);
                }
                case TextEvent.Failed(Cause cause, String message) -> {
                    return switch (cause) {
                        case CANCELLED, SHUTDOWN ->
                                clock.end(OptionalInt.empty(), ChatAnswer.End.INTERRUPTED);
                        case TIMEOUT, ERROR -> throw new ChatException(message);
                    };
                }
            }
        }
    }

    private int[] tokens(List<ChatMessage> conversation) {
        Tokenizer tokenizer = model.tokenizer();
        try {
            return tokenizer.encode(
                    model.chatTemplate()
                            .render(
                                    Conversation.of(conversation.toArray(ChatMessage[]::new)),
                                    ChatTemplate.Environment.of(
                                            tokenizer.vocabulary(), ZonedDateTime.now())));
        } catch (TemplateException e) {
            throw new ChatException(
                    "the chat template refuses this conversation: " + e.getMessage());
        }
    }

    private GenerationRequest request(int[] promptTokens, ChatSettings settings) {
        int context = model.description().contextLength();
        int room = context - promptTokens.length;
        if (room < 1) {
            throw new ChatException(
                    "the conversation has "
                            + promptTokens.length
                            + " tokens and the context is "
                            + context
                            + "; begin anew, or start with a larger --context");
        }
        return new GenerationRequest(
                promptTokens,
                (int) Math.min(room, settings.get(ChatSetting.MAX_TOKENS, room)),
                0,
                model.tokenizer().vocabulary().endOfGeneration(),
                1,
                settings.sampling(),
                -1,
                false);
    }

    @Override
    public void interrupt() {
        TextGeneration generation = running;
        if (generation != null) {
            generation.close();
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
