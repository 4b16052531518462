package dev.parlance.engine.chat.template;

import dev.parlance.engine.chat.ChatMessage;
import dev.parlance.engine.chat.Conversation;
import dev.parlance.engine.chat.template.value.Characters;
import dev.parlance.engine.chat.template.value.Text;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Leaves the last message of a conversation open, to be continued: the text is cut right behind
 * that message's own.
 *
 * <p>Source: the rule of {@code continue_final_message} in Hugging Face transformers.
 */
final class FinalMessage {
    /** Stands for an empty message, which cannot be searched for. Nobody writes this. */
    private static final String MARK = "\u2063continue\u2063here\u2063";

    private FinalMessage() {}

    static Text leaveOpen(Conversation conversation, Function<Conversation, Text> render) {
        if (conversation.messages().isEmpty()) {
            throw new TemplateException(
                    "continueFinalMessage is set but there is no message to continue");
        }
        ChatMessage last = conversation.messages().getLast();
        String content = last.content().isEmpty() ? "" : last.content().getLast();
        String core = Characters.strip(content);
        if (core.isEmpty()) {
            Text text = render.apply(withFinalText(conversation, MARK));
            return text.slice(0, find(text, MARK));
        }
        Text text = render.apply(conversation);
        int at = find(text, core);
        // Space at the message's end stays if the template has kept it.
        String open = content.substring(content.indexOf(core));
        boolean kept = text.chars().startsWith(open, at);
        return text.slice(0, at + (kept ? open : core).length());
    }

    private static int find(Text text, String wanted) {
        int at = text.chars().lastIndexOf(wanted);
        if (at < 0) {
            throw new TemplateException(
                    "continueFinalMessage is set but the final message does not appear in the"
                            + " text as it is; the template may have removed or changed it");
        }
        return at;
    }

    private static Conversation withFinalText(Conversation conversation, String text) {
        List<ChatMessage> messages = new ArrayList<>(conversation.messages());
        ChatMessage last = messages.removeLast();
        messages.add(last.withContent(List.of(text)));
        return conversation.withMessages(messages);
    }
}
