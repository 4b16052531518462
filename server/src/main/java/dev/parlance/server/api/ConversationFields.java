package dev.parlance.server.api;

import dev.parlance.engine.LoadedModel;
import dev.parlance.engine.chat.ChatMessage;
import dev.parlance.engine.chat.Conversation;
import dev.parlance.engine.chat.Role;
import dev.parlance.engine.chat.template.ChatTemplate;
import dev.parlance.engine.chat.template.TemplateException;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.tokenizer.PromptText;
import dev.parlance.engine.tokenizer.Vocabulary;

import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;

/** The fields that make up a conversation, and its way to a prompt. */
public final class ConversationFields {
    /** These fields, for an endpoint's table. */
    public static final List<ApiField> FIELDS =
            List.of(
                    ApiField.honoured(
                            "messages",
                            "text only; roles developer, system, user, assistant, tool, function;"
                                    + " `reasoning_content` or `reasoning` on assistant messages"),
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
                            "a variable for the chat template; models without such a setting do"
                                    + " not read it"),
                    ApiField.honoured(
                                    "enable_thinking",
                                    "the same as in `chat_template_kwargs`, which wins")
                            .asExtension());

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
        return new Conversation(messages, List.of(), opens, continues, variables(body));
    }

    private static JsonObject variables(FieldReader body) {
        JsonObject.Builder variables = JsonObject.builder();
        body.string("reasoning_effort")
                .ifPresent(effort -> variables.put("reasoning_effort", effort));
        if (body.find("enable_thinking").isPresent()) {
            variables.put("enable_thinking", body.bool("enable_thinking", true));
        }
        body.child("chat_template_kwargs")
                .ifPresent(given -> given.object().members().forEach(variables::put));
        return variables.build();
    }

    /**
     * The prompt of a conversation.
     *
     * @throws ApiException 400 if the model's template refuses the conversation
     */
    public static PromptText render(
            Conversation conversation, LoadedModel model, InstantSource clock) {
        Vocabulary vocabulary = model.tokenizer().vocabulary();
        ChatTemplate.Environment environment =
                new ChatTemplate.Environment(
                        vocabulary.bosText().orElse(""),
                        vocabulary.eosText().orElse(""),
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
