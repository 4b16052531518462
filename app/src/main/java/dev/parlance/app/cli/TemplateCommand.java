package dev.parlance.app.cli;

import dev.parlance.app.model.EmbeddedModel;
import dev.parlance.engine.chat.template.ChatTemplate;
import dev.parlance.engine.chat.template.TemplateException;
import dev.parlance.engine.gguf.GgufFile;
import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonObject;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.time.ZonedDateTime;
import java.util.concurrent.Callable;

/** Renders a chat template for given variables. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
@Command(
        name = "template",
        mixinStandardHelpOptions = true,
        abbreviateSynopsis = true,
        versionProvider = Main.Version.class,
        description = {
            "Renders a chat template.",
            "Reads the template's variables (messages, tools, add_generation_prompt, bos_token …)"
                    + " as a JSON object from stdin and writes the text to stdout."
        },
        footer = {
            "",
            "With --jsonl every line of stdin is an object of its own and gets one line:",
            "{\"text\": …}, or {\"error\": …} where the template fails or refuses it.",
            "",
            "Examples:",
            "  echo '{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]}' |"
                    + " parlance template --model model.gguf",
            "  parlance template --template chat.jinja --jsonl --now 2026-01-31 <conversations"
        })
final class TemplateCommand implements Callable<Integer> {
    static final String CHAT_TEMPLATE_KEY = "tokenizer.chat_template";

    private final Streams streams;

    @ArgGroup private Source source = new Source();

    /** Where the template comes from: one of these, or the embedded model. */
    private static final class Source {
        @Option(names = "--template", paramLabel = "FILE", description = "File of the template.")
        private @Nullable Path template;

        @Option(
                names = "--model",
                paramLabel = "FILE",
                description =
                        "GGUF file; its own template is used. Default: " + EmbeddedModel.WHAT + ".")
        private @Nullable Path model;
    }

    @Option(names = "--jsonl", description = "Many conversations: one JSON object a line.")
    private boolean jsonLines;

    @Option(
            names = "--now",
            paramLabel = "TIME",
            converter = TimeConverter.class,
            description =
                    "What the template takes for the current time: 2026-01-31, 2026-01-31T12:00 or"
                            + " with an offset, 2026-01-31T12:00+02:00; without one it is UTC."
                            + " Default: the clock.")
    private @Nullable ZonedDateTime now;

    TemplateCommand(Streams streams) {
        this.streams = streams;
    }

    @Override
    public Integer call() throws IOException {
        String text = readSource();
        if (jsonLines) {
            JsonLines.process(streams, lines(text));
        } else {
            ChatTemplate template = ChatTemplate.compile(text);
            byte[] input = streams.in().readAllBytes();
            if (!(Json.parse(input) instanceof JsonObject variables)) {
                throw new CommandException("the variables on stdin must be one JSON object");
            }
            streams.out().print(template.render(variables, time()));
            streams.flushOut();
        }
        return 0;
    }

    private String readSource() throws IOException {
        if (source.template != null) {
            return InputFile.text(source.template);
        }
        try (GgufFile file = InputFile.gguf(source.model)) {
            return file.metadata()
                    .findString(CHAT_TEMPLATE_KEY)
                    .orElseThrow(() ->
                            new CommandException(
                                    file.metadata().fileName()
                                            + ": there is no chat template in it (metadata '"
                                            + CHAT_TEMPLATE_KEY
                                            + "'); give one with --template"));
        }
    }

    /** With a template that cannot be compiled, that is the answer to every line. */
    private JsonLines.Answer lines(String text) {
        try {
            ChatTemplate template = ChatTemplate.compile(text);
            return variables -> line(template, variables);
        } catch (TemplateException e) {
            String message = String.valueOf(e.getMessage());
            return _ -> {
                throw new JsonLines.Refusal(message);
            };
        }
    }

    private String line(ChatTemplate template, JsonObject variables) {
        try {
            String text = template.render(variables, time());
            return JsonLines.write(JsonObject.builder().put("text", text).build());
        } catch (TemplateException e) {
            throw new JsonLines.Refusal(String.valueOf(e.getMessage()));
        }
    }

    private ZonedDateTime time() {
        return now == null ? ZonedDateTime.now() : now;
    }
}
