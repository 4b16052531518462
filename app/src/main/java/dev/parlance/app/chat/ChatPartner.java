package dev.parlance.app.chat;

import dev.parlance.engine.chat.ChatMessage;

import java.util.List;
import java.util.function.Consumer;

/**
 * Who answers in a conversation.
 *
 * <p>Threads: one answer at a time; {@link #interrupt()} may be called from any thread.
 */
public sealed interface ChatPartner extends AutoCloseable permits ModelPartner, ServerPartner {
    /** The model's name. */
    String name();

    /**
     * Answers the conversation so far.
     *
     * @param onText gets the answer piece by piece
     * @throws ChatException if there is no answer, or no end of it
     */
    ChatAnswer answer(
            List<ChatMessage> conversation, ChatSettings settings, Consumer<String> onText)
            throws InterruptedException;

    /** Ends the answer that is being given, if there is one. */
    void interrupt();

    @Override
    void close();
}
