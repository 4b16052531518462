package dev.parlance.app.cli;

import dev.parlance.app.chat.ChatException;
import dev.parlance.app.chat.ChatPartner;
import dev.parlance.app.chat.ModelPartner;
import dev.parlance.app.chat.ServerPartner;
import dev.parlance.app.model.EmbeddedModel;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.lang.reflect.Field;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Chats with a model on the terminal. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
@Command(
        name = "chat",
        mixinStandardHelpOptions = true,
        abbreviateSynopsis = true,
        versionProvider = Main.Version.class,
        description = {
            "Holds a conversation on the terminal, with a model here or one behind a server.",
            "/help tells what else can be typed. Ctrl-C ends an answer, Ctrl-D the conversation."
        },
        footer = {
            "",
            "Answers go to stdout, notes to stderr. Lines from a pipe are answered one by one.",
            "NO_COLOR=1 leaves colours out. What was typed is kept in"
                    + " ~/.local/state/parlance/history",
            "(or $XDG_STATE_HOME/parlance/history), and nothing else is.",
            "",
            "Examples:",
            "  parlance chat",
            "  parlance chat --model model.gguf --system \"Answer in one sentence.\"",
            "  parlance chat --url http://127.0.0.1:8080/v1 --model llama"
        })
final class ChatCommand implements Callable<Integer> {
    private static final String API_KEY = "OPENAI_API_KEY";

    private final Streams streams;
    private final Map<String, String> environment;

    @Spec private CommandSpec spec;
    @Mixin private ModelOptions engine;

    @Option(
            names = "--model",
            paramLabel = "FILE|NAME",
            description =
                    "GGUF file of the model; with --url a model's name there. Default: "
                            + EmbeddedModel.WHAT
                            + "; of a server the first that it lists.")
    private @Nullable String model;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description =
                    "Base URL of an OpenAI-compatible server to chat with, as its clients call it.")
    private @Nullable URI url;

    @Option(
            names = "--api-key",
            paramLabel = "KEY",
            description =
                    "With --url: sent as bearer token. Default: what the environment has as "
                            + API_KEY
                            + ".")
    private @Nullable String apiKey;

    @Option(
            names = "--system",
            paramLabel = "TEXT",
            description = "System message before the conversation.")
    private @Nullable String system;

    @Option(names = "--no-history", description = "Keep nothing of what is typed.")
    private boolean noHistory;

    @Mixin private LogOptions logging;

    ChatCommand(Streams streams, Map<String, String> environment) {
        this.streams = streams;
        this.environment = environment;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        engine.check(spec);
        logging.apply(streams.err(), LogOptions.LogLevel.WARNING);
        try (ChatPartner partner = url == null ? localModel() : server(url)) {
            boolean terminal = streams.isTerminal();
            try (ChatInput input =
                    terminal
                            ? new TerminalInput(
                                    ChatSession.commandNames(), noHistory ? null : history())
                            : ChatInput.of(streams)) {
                return new ChatSession(
                                partner,
                                Optional.ofNullable(system),
                                input,
                                streams,
                                ChatStyle.of(terminal, environment))
                        .run();
            }
        } catch (ChatException e) {
            throw new CommandException(e.getMessage());
        }
    }

    private ChatPartner localModel() throws IOException {
        if (apiKey != null) {
            throw wrong("--api-key needs --url");
        }
        return new ModelPartner(
                new GivenModel(Optional.ofNullable(model).map(Path::of))
                        .load(engine.engineOptions().withParallel(1), streams));
    }

    private ChatPartner server(URI server) throws InterruptedException {
        spec.options().stream()
                .filter(option ->
                        option.userObject() instanceof Field field
                                && field.getDeclaringClass() == ModelOptions.class)
                .filter(spec.commandLine().getParseResult()::hasMatchedOption)
                .findFirst()
                .ifPresent(option -> {
                    throw wrong(
                            option.longestName() + " is about a model here; --url says where else");
                });
        Optional<String> key =
                Optional.ofNullable(apiKey == null ? environment.get(API_KEY) : apiKey)
                        .filter(text -> !text.isBlank());
        try {
            return new ServerPartner(server, Optional.ofNullable(model), key);
        } catch (IllegalArgumentException e) {
            throw wrong("--url: " + e.getMessage());
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private Path history() {
        String state = environment.getOrDefault("XDG_STATE_HOME", "");
        Path folder =
                state.isEmpty()
                        ? Path.of(System.getProperty("user.home"), ".local", "state")
                        : Path.of(state);
        return folder.resolve("parlance").resolve("history");
    }
}
