package dev.parlance.engine.chat.template;

import dev.parlance.engine.chat.ChatMessage;
import dev.parlance.engine.chat.Conversation;
import dev.parlance.engine.chat.Role;
import dev.parlance.engine.chat.ToolCall;
import dev.parlance.engine.chat.template.runtime.Program;
import dev.parlance.engine.chat.template.value.JinjaException;
import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonString;

import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;

/**
 * How a template wants to be told things on which templates differ. Found by rendering small
 * conversations both ways and looking for their words in the text.
 *
 * <p>Source: the idea is llama.cpp's (minja, chat-template.hpp) and vLLM's.
 *
 * @param contentAsParts whether content is a list of {@code {type, text}} and not a string
 * @param emptyContentAsText whether the content of a message that only calls tools is the empty
 *     string and not None
 * @param argumentsAsText whether the arguments of a tool call are JSON text and not an object
 * @param withoutToolsUndefined whether {@code tools} is left undefined, not None, if there are none
 * @param takesTools whether function declarations show in the text at all
 * @param knowsDeveloper whether there is a role {@code developer} besides {@code system}
 * @param knowsVerbosity whether it has a variable {@code verbosity}
 * @param reasoningName under which name a message's reasoning goes
 */
record TemplateTraits(
        boolean contentAsParts,
        boolean emptyContentAsText,
        boolean argumentsAsText,
        boolean withoutToolsUndefined,
        boolean takesTools,
        boolean knowsDeveloper,
        boolean knowsVerbosity,
        String reasoningName) {
    private static final String USER_WORDS = "probe of what a user says";
    private static final String TOOL_NAME = "probed_function";
    private static final String ARGUMENTS = "{\"probed_argument\":\"probed value\"}";
    private static final String ARGUMENT_IN_JSON = "\"probed_argument\"";
    private static final String ARGUMENT_IN_PYTHON = "'probed_argument'";

    /** Nine letters and digits, as some templates demand. */
    private static final String CALL_ID = "call00001";

    private static final LocalDateTime SOME_TIME = LocalDateTime.of(2025, 1, 1, 0, 0);

    static TemplateTraits probe(String source, Program program) {
        String reasoning =
                !source.contains("reasoning_content") && source.contains("message.thinking")
                        ? "thinking"
                        : "reasoning_content";
        boolean knowsCalls = source.contains("tool_calls");
        TemplateTraits plain =
                new TemplateTraits(
                        false,
                        !knowsCalls,
                        false,
                        false,
                        false,
                        source.contains("'developer'") || source.contains("\"developer\""),
                        source.contains("verbosity"),
                        reasoning);
        Probe probe = new Probe(program);
        TemplateTraits asked = probeQuestion(probe, plain);
        boolean takesTools = probe.text(asked, QUESTION_WITH_TOOL).contains(TOOL_NAME);
        TemplateTraits tooled = asked.withTools(asked.withoutToolsUndefined(), takesTools);
        return knowsCalls ? probeToolCalls(probe, tooled) : tooled;
    }

    /** Finds the form of content and of no tools in which a simple question gets through. */
    private static TemplateTraits probeQuestion(Probe probe, TemplateTraits plain) {
        for (boolean undefined : new boolean[] {false, true}) {
            for (boolean parts : new boolean[] {false, true}) {
                TemplateTraits traits =
                        plain.with(parts, plain.emptyContentAsText(), false)
                                .withTools(undefined, false);
                if (probe.text(traits, QUESTION).contains(USER_WORDS)) {
                    return traits;
                }
            }
        }
        return plain;
    }

    private static TemplateTraits probeToolCalls(Probe probe, TemplateTraits content) {
        boolean parts = content.contentAsParts();
        // In the order of preference; the first one that shows what it should wins.
        List<TemplateTraits> candidates =
                List.of(
                        content,
                        content.with(parts, true, false),
                        content.with(parts, false, true),
                        content.with(parts, true, true));
        List<String> texts = candidates.stream().map(c -> probe.text(c, TOOL_CALL)).toList();
        int fewestNone =
                texts.stream()
                        .filter(t -> !t.isEmpty())
                        .mapToInt(TemplateTraits::nones)
                        .min()
                        .orElse(0);
        int best = -1;
        int bestScore = 0;
        for (int i = 0; i < texts.size(); i++) {
            String text = texts.get(i);
            int score = 0;
            if (!text.isEmpty()) {
                boolean python = text.contains(ARGUMENT_IN_PYTHON);
                score = 1 + (nones(text) == fewestNone ? 2 : 0);
                score += text.contains(ARGUMENT_IN_JSON) ? 2 : python ? 0 : 1;
            }
            if (score > bestScore) {
                best = i;
                bestScore = score;
            }
        }
        return best < 0 ? content : candidates.get(best);
    }

    /** How often Python's None shows, which a template prints by mistake. */
    private static int nones(String text) {
        return text.split("None", -1).length - 1;
    }

    private TemplateTraits with(boolean parts, boolean emptyAsText, boolean argumentsText) {
        return new TemplateTraits(
                parts,
                emptyAsText,
                argumentsText,
                withoutToolsUndefined,
                takesTools,
                knowsDeveloper,
                knowsVerbosity,
                reasoningName);
    }

    private TemplateTraits withTools(boolean undefined, boolean shown) {
        return new TemplateTraits(
                contentAsParts,
                emptyContentAsText,
                argumentsAsText,
                undefined,
                shown,
                knowsDeveloper,
                knowsVerbosity,
                reasoningName);
    }

    private static final Conversation QUESTION =
            Conversation.of(ChatMessage.of(Role.USER, USER_WORDS));

    private static final Conversation QUESTION_WITH_TOOL =
            new Conversation(QUESTION.messages(), List.of(tool()), true, false, JsonObject.EMPTY);

    private static JsonObject tool() {
        JsonObject city =
                JsonObject.builder().put("type", "string").put("description", "d").build();
        JsonObject parameters =
                JsonObject.builder()
                        .put("type", "object")
                        .put("properties", JsonObject.builder().put("city", city).build())
                        .put("required", JsonArray.of(new JsonString("city")))
                        .build();
        JsonObject function =
                JsonObject.builder()
                        .put("name", TOOL_NAME)
                        .put("description", "d")
                        .put("parameters", parameters)
                        .build();
        return JsonObject.builder().put("type", "function").put("function", function).build();
    }

    private static final Conversation TOOL_CALL =
            Conversation.of(
                    ChatMessage.of(Role.USER, USER_WORDS),
                    new ChatMessage(
                            Role.ASSISTANT,
                            List.of(),
                            Optional.empty(),
                            Optional.empty(),
                            List.of(new ToolCall(CALL_ID, TOOL_NAME, ARGUMENTS)),
                            Optional.empty()),
                    new ChatMessage(
                            Role.TOOL,
                            List.of("probed result"),
                            Optional.of(TOOL_NAME),
                            Optional.empty(),
                            List.of(),
                            Optional.of(CALL_ID)));

    /** Renders conversations; the text is empty where the template fails. */
    private record Probe(Program program) {
        String text(TemplateTraits traits, Conversation conversation) {
            try {
                return program.render(
                                ConversationVariables.of(conversation, traits, "", ""), SOME_TIME)
                        .chars();
            } catch (JinjaException _) {
                // Which way a template does not take is what we want to know here.
                return "";
            }
        }
    }
}
