package dev.parlance.app.chat;

import dev.parlance.engine.chat.ChatMessage;
import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonValue;

import java.util.List;
import java.util.Locale;

/** A conversation as OpenAI's API has it. */
public final class ConversationJson {
    private ConversationJson() {}

    /** A request's body without what is asked of the answer: model, messages, settings. */
    public static JsonObject of(
            String model, List<ChatMessage> conversation, ChatSettings settings) {
        JsonObject.Builder body =
                JsonObject.builder()
                        .put("model", model)
                        .put(
                                "messages",
                                new JsonArray(
                                        conversation.stream()
                                                .<JsonValue>map(ConversationJson::message)
                                                .toList()));
        settings.values()
                .forEach((setting, value) -> {
                    if (setting.isWhole()) {
                        body.put(setting.toString(), value.longValue());
                    } else {
                        body.put(setting.toString(), value);
                    }
                });
        return body.build();
    }

    private static JsonObject message(ChatMessage message) {
        return JsonObject.builder()
                .put("role", message.role().name().toLowerCase(Locale.ROOT))
                .put("content", message.text())
                .build();
    }
}
