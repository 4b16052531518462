package dev.parlance.app.cli;

import dev.parlance.app.model.EmbeddedModel;
import dev.parlance.engine.gguf.GgufFile;
import dev.parlance.engine.json.JsonNull;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonString;
import dev.parlance.engine.json.JsonValue;
import dev.parlance.engine.tokenizer.PromptText;
import dev.parlance.engine.tokenizer.Tokenizer;
import dev.parlance.engine.tokenizer.Tokenizers;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Turns text into token ids. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
@Command(
        name = "tokenize",
        mixinStandardHelpOptions = true,
        abbreviateSynopsis = true,
        versionProvider = Main.Version.class,
        description = {
            "Shows the tokens of a text.",
            "Special tokens in the text are taken as such; none are added. A file with nothing but"
                    + " a vocabulary is enough."
        },
        footer = {
            "",
            "Without --jsonl there is one line per token: its id, a tab, its text in the"
                    + " vocabulary.",
            "With --jsonl every line of stdin, {\"text\": …}, gets one line: {\"ids\": […]}, or",
            "{\"error\": …} where it is no such line. Other members of a line are ignored.",
            "",
            "Examples:",
            "  parlance tokenize --model model.gguf \"Hello, world\"",
            "  parlance tokenize --model model.gguf --jsonl <texts.jsonl >ids.jsonl"
        })
final class TokenizeCommand implements Callable<Integer> {
    private final Streams streams;

    @Spec private CommandSpec spec;

    @Option(
            names = "--model",
            paramLabel = "FILE",
            description = "GGUF file. Default: " + EmbeddedModel.WHAT + ".")
    private @Nullable Path model;

    @Option(
            names = "--pre-tokenizer",
            paramLabel = "NAME",
            description =
                    "How to split text before merging, instead of what the file says"
                            + " (tokenizer.ggml.pre).")
    private @Nullable String preTokenizer;

    @Option(names = "--jsonl", description = "Many texts: one JSON object a line.")
    private boolean jsonLines;

    @Parameters(arity = "0..1", paramLabel = "TEXT", description = "The text. Default: stdin.")
    private @Nullable String text;

    TokenizeCommand(Streams streams) {
        this.streams = streams;
    }

    @Override
    public Integer call() throws IOException {
        if (jsonLines && text != null) {
            throw new ParameterException(
                    spec.commandLine(), "--jsonl reads texts from stdin; TEXT cannot be given too");
        }
        Tokenizer tokenizer;
        try (GgufFile file = InputFile.gguf(model)) {
            tokenizer = Tokenizers.load(file.metadata(), Optional.ofNullable(preTokenizer));
        }
        if (jsonLines) {
            JsonLines.process(streams, line -> idsLine(tokenizer, line));
        } else {
            print(tokenizer, text == null ? readText() : text);
        }
        return 0;
    }

    private String readText() throws IOException {
        return new String(streams.in().readAllBytes(), StandardCharsets.UTF_8);
    }

    private void print(Tokenizer tokenizer, String input) {
        for (int id : tokenizer.encode(PromptText.withSpecialTokens(input))) {
            streams.out()
                    .println(id + "\t" + TextListing.printable(tokenizer.vocabulary().text(id)));
        }
        streams.flushOut();
    }

    private static String idsLine(Tokenizer tokenizer, JsonObject line) {
        JsonValue value = line.find("text").orElse(JsonNull.NULL);
        if (!(value instanceof JsonString(var input))) {
            throw new JsonLines.Refusal(
                    line.find("text").isPresent()
                            ? "'text' must be a string, got " + value.kind()
                            : "'text' is missing");
        }
        int[] ids = tokenizer.encode(PromptText.withSpecialTokens(input));
        StringBuilder json = new StringBuilder(ids.length * 6 + 16).append("{\"ids\":[");
        for (int i = 0; i < ids.length; i++) {
            json.append(i == 0 ? "" : ",").append(ids[i]);
        }
        return json.append("]}").toString();
    }
}
