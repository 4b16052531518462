package dev.parlance.engine.chat.template;

import dev.parlance.engine.chat.ChatMessage;
import dev.parlance.engine.chat.Conversation;
import dev.parlance.engine.chat.Role;
import dev.parlance.engine.chat.Verbosity;
import dev.parlance.engine.chat.template.value.Characters;
import dev.parlance.engine.tokenizer.PromptText;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Other places for system messages, for templates that do not take them where they stand. */
final class SystemMessages {
    private static final String SEPARATOR = "\n\n";

    private SystemMessages() {}

    /** The conversation with its wish for length in words, in the first message. */
    static Conversation withVerbosity(Conversation conversation) {
        String line =
                switch (conversation.verbosity().orElse(Verbosity.MEDIUM)) {
                    case LOW -> "Keep your answers short and to the point.";
                    case MEDIUM -> "";
                    case HIGH -> "Answer at length and in detail.";
                };
        if (line.isEmpty()) {
            return conversation;
        }
        List<ChatMessage> messages = new ArrayList<>(conversation.messages());
        if (!messages.isEmpty() && isSystem(messages.getFirst())) {
            ChatMessage first = messages.getFirst();
            List<String> texts = new ArrayList<>(first.content());
            String last = texts.isEmpty() ? "" : texts.removeLast() + SEPARATOR;
            texts.add(last + line);
            messages.set(0, first.withContent(texts));
        } else {
            messages.addFirst(ChatMessage.of(Role.SYSTEM, line));
        }
        return conversation.withMessages(messages);
    }

    /**
     * The conversation as it is, then with all system texts in one message at the start, then with
     * them at the start of the first user message.
     */
    static List<Conversation> arrangements(Conversation conversation) {
        List<ChatMessage> messages = conversation.messages();
        List<ChatMessage> others = messages.stream().filter(m -> !isSystem(m)).toList();
        if (others.size() == messages.size()) {
            return List.of(conversation);
        }
        String system =
                messages.stream()
                        .filter(SystemMessages::isSystem)
                        .map(ChatMessage::text)
                        .collect(Collectors.joining(SEPARATOR));
        List<Conversation> arrangements = new ArrayList<>();
        arrangements.add(conversation);
        boolean isFirstAndOnly =
                messages.getFirst().role() == Role.SYSTEM && others.size() == messages.size() - 1;
        if (!isFirstAndOnly) {
            List<ChatMessage> merged = new ArrayList<>(others);
            merged.addFirst(ChatMessage.of(Role.SYSTEM, system));
            arrangements.add(conversation.withMessages(merged));
        }
        int user = firstUser(others);
        if (user >= 0) {
            List<ChatMessage> merged = new ArrayList<>(others);
            merged.set(user, prefixed(others.get(user), system));
            arrangements.add(conversation.withMessages(merged));
        }
        return arrangements;
    }

    /** Whether all system texts are somewhere in the prompt. */
    static boolean areShown(Conversation conversation, PromptText prompt) {
        List<String> texts =
                conversation.messages().stream()
                        .filter(SystemMessages::isSystem)
                        .flatMap(message -> message.content().stream())
                        .map(Characters::strip)
                        .toList();
        if (texts.isEmpty()) {
            return true;
        }
        String text = prompt.text();
        return texts.stream().allMatch(text::contains);
    }

    private static boolean isSystem(ChatMessage message) {
        return message.role() == Role.SYSTEM || message.role() == Role.DEVELOPER;
    }

    private static int firstUser(List<ChatMessage> messages) {
        for (int i = 0; i < messages.size(); i++) {
            if (messages.get(i).role() == Role.USER) {
                return i;
            }
        }
        return -1;
    }

    private static ChatMessage prefixed(ChatMessage user, String system) {
        List<String> content = new ArrayList<>(user.content());
        String first = content.isEmpty() ? "" : content.removeFirst();
        content.addFirst(system + SEPARATOR + first);
        return user.withContent(content);
    }
}
