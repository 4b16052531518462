package dev.parlance.server.api;

import dev.parlance.engine.LoadedModel;
import dev.parlance.engine.chat.ChatMessage;
import dev.parlance.engine.chat.Conversation;
import dev.parlance.engine.chat.Role;
import dev.parlance.engine.chat.Verbosity;
import dev.parlance.engine.chat.template.ChatTemplate;
import dev.parlance.engine.chat.template.TemplateException;
import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonValue;
import dev.parlance.engine.tokenizer.PromptText;

import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The fields that make up a conversation, and its way to a prompt. */
public final class ConversationFields {
    /** These fields, for an endpoint's table. */
    public static final List<ApiField> FIELDS =
            List.of(
                    ApiField.honoured(
                            "messages",
                            "text only; roles developer, system, user, assistant, tool, function;"
                                    + " `name` reaches the template; `reasoning_content` or"
                                    + " `reasoning` on assistant messages"),
                    ApiField.honoured(
                                    "add_generation_prompt",
                                    "default true, or false with `continue_final_message`")
                            .asExtension(),
                    ApiField.honoured(
                                    "continue_final_message",
                                    "default false; goes on with the last message, which must be"
                                            + " the assistant's")
                            .asExtension(),
                    ApiField.honoured(
                                    "chat_template_kwargs",
                                    "more variables for the chat template, such as"
                                            + " `enable_thinking`")
                            .asExtension(),
                    ApiField.honoured(
                            "reasoning_effort",
                            "none, minimal, low, medium, high, xhigh or max: a variable for the"
                                    + " chat template; `none` also turns `enable_thinking` off;"
                                    + " models without such a setting do not read it"),
                    ApiField.honoured(
                            "verbosity",
                            "low, medium or high: a variable for the chat template, or a line in"
                                    + " the first system message where the template has none"),
                    ApiField.honoured(
                                    "documents",
                                    "a variable for the chat template: objects for those that"
                                            + " show documents")
                            .asExtension(),
                    ApiField.honoured(
                                    "enable_thinking",
                                    "the same as in `chat_template_kwargs`, which wins")
                            .asExtension());

    private static final List<String> EFFORTS =
            List.of("none", "minimal", "low", "medium", "high", "xhigh", "max");

    private ConversationFields() {}

    /**
     * @throws ApiException 400 if a field has a wrong type or value
     */
    public static Conversation read(FieldReader body) {
        List<ChatMessage> messages = MessageReader.read(body);
        boolean continues = body.bool("continue_final_message", false);
        boolean opens = body.bool("add_generation_prompt", !continues);
        if (continues && opens) {
            throw ApiException.badField(
                    body.path("continue_final_message"),
                    "invalid_parameter_combination",
                    "'continue_final_message' and 'add_generation_prompt' must not both be true");
        }
        if (continues && messages.getLast().role() != Role.ASSISTANT) {
            throw ApiException.invalidValue(
                    body.path("continue_final_message"),
                    "'continue_final_message' needs a last message of role assistant");
        }
        return new Conversation(
                messages, List.of(), opens, continues, verbosity(body), variables(body));
    }

    private static Optional<Verbosity> verbosity(FieldReader body) {
        return body.oneOf("verbosity", List.of("low", "medium", "high"))
                .map(word -> Verbosity.valueOf(word.toUpperCase(Locale.ROOT)));
    }

    private static JsonObject variables(FieldReader body) {
        JsonObject.Builder variables = JsonObject.builder();
        body.oneOf("reasoning_effort", EFFORTS)
                .ifPresent(effort -> {
                    variables.put("reasoning_effort", effort);
                    if (effort.equals("none")) {
                        variables.put("enable_thinking", false);
                    }
                });
        if (body.find("documents").isPresent()) {
            variables.put("documents", documents(body));
        }
        if (body.find("enable_thinking").isPresent()) {
            variables.put("enable_thinking", body.bool("enable_thinking", true));
        }
        body.child("chat_template_kwargs")
                .ifPresent(given -> given.object().members().forEach(variables::put));
        return variables.build();
    }

    private static JsonArray documents(FieldReader body) {
        List<JsonValue> documents = body.array("documents").orElse(List.of());
        for (int i = 0; i < documents.size(); i++) {
            FieldReader.of(documents.get(i), body.path("documents") + "[" + i + "]");
        }
        return new JsonArray(documents);
    }

    /**
     * The prompt of a conversation.
     *
     * @throws ApiException 400 if the model's template refuses the conversation
     */
    public static PromptText render(
            Conversation conversation, LoadedModel model, InstantSource clock) {
        ChatTemplate.Environment environment =
                ChatTemplate.Environment.of(
                        model.tokenizer().vocabulary(),
                        clock.instant().atZone(ZoneId.systemDefault()));
        try {
            return model.chatTemplate().render(conversation, environment);
        } catch (TemplateException refused) {
            throw ApiException.invalidValue(
                    "messages",
                    "The model's chat template refused the conversation: " + refused.getMessage());
        }
    }
}
