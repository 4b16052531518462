package dev.parlance.engine.chat.template;

import dev.parlance.engine.chat.Conversation;
import dev.parlance.engine.chat.template.runtime.Program;
import dev.parlance.engine.chat.template.value.JinjaException;
import dev.parlance.engine.chat.template.value.JsonValues;
import dev.parlance.engine.chat.template.value.Text;
import dev.parlance.engine.chat.template.value.Value;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.tokenizer.PromptText;
import dev.parlance.engine.tokenizer.Vocabulary;

import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A compiled chat template: the Jinja text that comes with a model and writes a conversation the
 * way the model was trained to read it.
 *
 * <p>Templates behave as under Jinja2 3.1 in the setup of Hugging Face transformers. They are not
 * trusted: time, memory and nesting are bounded, and nothing outside their variables is in reach.
 *
 * <p>Threads: immutable, safe. Errors: {@link TemplateException} only. Cost: compiling takes about
 * a millisecond once warm, rendering a few microseconds a message.
 */
public final class ChatTemplate {
    private final String source;
    private final Program program;
    private final TemplateTraits traits;

    private ChatTemplate(String source, Program program, TemplateTraits traits) {
        this.source = source;
        this.program = program;
        this.traits = traits;
    }

    /**
     * What a template is told besides the conversation.
     *
     * @param bosText text of the BOS token, or empty
     * @param eosText text of the EOS token, or empty
     * @param now what {@code strftime_now} shows
     */
    public record Environment(String bosText, String eosText, ZonedDateTime now) {
        /** With the tokens of a vocabulary; those it has not are empty. */
        public static Environment of(Vocabulary vocabulary, ZonedDateTime now) {
            return new Environment(
                    vocabulary.bosText().orElse(""), vocabulary.eosText().orElse(""), now);
        }
    }

    /**
     * Compiles a template and tries out on small conversations how it wants to be told things.
     *
     * @throws TemplateException if the text is no template of the supported language
     */
    public static ChatTemplate compile(String source) {
        try {
            Program program = Program.compile(source);
            return new ChatTemplate(source, program, TemplateTraits.probe(source, program));
        } catch (JinjaException e) {
            throw translated(e);
        }
    }

    /**
     * A template of our own, for a model that brings none.
     *
     * @param architecture the model's {@code general.architecture}
     * @param hasToken whether the model's vocabulary has a special token of this text; decides
     *     before the architecture does
     */
    public static ChatTemplate builtIn(String architecture, Predicate<String> hasToken) {
        return compile(BuiltInTemplate.choose(architecture, hasToken).source());
    }

    private static TemplateException translated(JinjaException e) {
        TemplateException.Kind kind =
                switch (e.kind()) {
                    case SYNTAX -> TemplateException.Kind.SYNTAX;
                    case OPERATION -> TemplateException.Kind.OPERATION;
                    case REFUSED -> TemplateException.Kind.REFUSED;
                    case LIMIT -> TemplateException.Kind.LIMIT;
                };
        return new TemplateException(kind, String.valueOf(e.getMessage()), e.line());
    }

    /** The text that was compiled. */
    public String source() {
        return source;
    }

    /** Whether the template shows function declarations to the model; others are not seen by it. */
    public boolean takesTools() {
        return traits.takesTools();
    }

    /**
     * The prompt of a conversation. Text of the template itself and of the environment may hold
     * special tokens; text from messages, tools and variables may not.
     *
     * <p>A template that has no place for {@link Conversation#verbosity()} is told in a line of the
     * first system message. A template that fails on system messages where they stand gets them
     * merged into one at the start, and if it fails on that, too, merged into the first user
     * message.
     *
     * @throws TemplateException if the template refuses the conversation or goes beyond a limit
     */
    public PromptText render(Conversation asked, Environment environment) {
        Conversation conversation =
                traits.knowsVerbosity() ? asked : SystemMessages.withVerbosity(asked);
        TemplateException failure = null;
        PromptText incomplete = null;
        for (Conversation attempt : SystemMessages.arrangements(conversation)) {
            try {
                PromptText prompt = prompt(attempt, environment);
                if (SystemMessages.areShown(conversation, prompt)) {
                    return prompt;
                }
                incomplete = incomplete == null ? prompt : incomplete;
            } catch (TemplateException e) {
                if (e.kind() == TemplateException.Kind.LIMIT) {
                    throw e;
                }
                failure = failure == null ? e : failure;
            }
        }
        // A template that shows system messages in other words than theirs is left to itself.
        if (incomplete != null) {
            return incomplete;
        }
        throw failure == null ? new IllegalStateException("no arrangement tried") : failure;
    }

    private PromptText prompt(Conversation conversation, Environment environment) {
        Text text;
        if (conversation.continueFinalMessage()) {
            text =
                    FinalMessage.leaveOpen(
                            conversation, shown -> render(shown, environment, traits));
        } else {
            text = render(conversation, environment, traits);
        }
        List<PromptText.Span> spans = new ArrayList<>();
        text.forEachRun((run, trusted) -> spans.add(new PromptText.Span(run, trusted == 1)));
        return new PromptText(spans);
    }

    private Text render(Conversation conversation, Environment environment, TemplateTraits how) {
        Map<String, Value> variables =
                ConversationVariables.of(
                        conversation, how, environment.bosText(), environment.eosText());
        return run(variables, environment.now());
    }

    private Text run(Map<String, Value> variables, ZonedDateTime now) {
        try {
            return program.render(variables, now.toLocalDateTime());
        } catch (JinjaException e) {
            throw translated(e);
        }
    }

    /**
     * The text for variables as they are, as Jinja2 would render it.
     *
     * @throws TemplateException if the template fails or goes beyond a limit
     */
    public String render(JsonObject variables, ZonedDateTime now) {
        Map<String, Value> values = new LinkedHashMap<>();
        try {
            variables.members().forEach((name, json) -> values.put(name, JsonValues.of(json)));
        } catch (JinjaException e) {
            throw translated(e);
        }
        return run(values, now).chars();
    }
}
