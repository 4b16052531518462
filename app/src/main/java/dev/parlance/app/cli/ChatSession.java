package dev.parlance.app.cli;

import dev.parlance.app.chat.ChatAnswer;
import dev.parlance.app.chat.ChatException;
import dev.parlance.app.chat.ChatPartner;
import dev.parlance.app.chat.ChatSetting;
import dev.parlance.app.chat.ChatSettings;
import dev.parlance.app.chat.ConversationJson;
import dev.parlance.engine.chat.ChatMessage;
import dev.parlance.engine.chat.Role;
import dev.parlance.engine.json.Json;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A conversation on the terminal: what a person says is answered, and lines that begin with a slash
 * are commands. What the model says goes to stdout, everything else to stderr.
 */
final class ChatSession {
    private static final String BLOCK = "\"\"\"";
    private static final String CONTINUED = "\\";
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}&&[^\n\t]]");

    /** What a person can ask of the session itself. */
    enum Command {
        HELP("", "shows this"),
        SYSTEM("[TEXT]", "sets the system message, or removes it"),
        SET("[NAME [VALUE]]", "sets what answers depend on, such as temperature 0.2; shows it"),
        RESET("", "forgets what was said, but not the system message"),
        SAVE("FILE", "writes the conversation as the body of a request to the API"),
        EXIT("", "ends, as Ctrl-D does");

        private final String arguments;
        private final String what;

        Command(String arguments, String what) {
            this.arguments = arguments;
            this.what = what;
        }

        @Override
        public String toString() {
            return "/" + name().toLowerCase(Locale.ROOT);
        }
    }

    private final ChatPartner partner;
    private final ChatInput input;
    private final Streams streams;
    private final ChatStyle style;
    private final List<ChatMessage> said = new ArrayList<>();
    private Optional<String> system;
    private ChatSettings settings = ChatSettings.NONE;

    ChatSession(
            ChatPartner partner,
            Optional<String> system,
            ChatInput input,
            Streams streams,
            ChatStyle style) {
        this.partner = partner;
        this.system = system;
        this.input = input;
        this.streams = streams;
        this.style = style;
    }

    static List<String> commandNames() {
        return Arrays.stream(Command.values()).map(Command::toString).toList();
    }

    /** Goes on until the person leaves. Returns the exit code: 0, or 1 if the last turn failed. */
    int run() throws IOException, InterruptedException {
        note(partner.name() + "; /help tells more");
        input.onInterrupt(partner::interrupt);
        boolean failed = false;
        for (Optional<String> text = read(); text.isPresent(); text = read()) {
            String line = text.get().strip();
            if (line.isEmpty()) {
                continue;
            }
            if (line.equals(Command.EXIT.toString())) {
                break;
            }
            try {
                if (line.startsWith("/")) {
                    command(line);
                } else {
                    ask(text.get());
                }
                failed = false;
            } catch (ChatException e) {
                streams.err().println("parlance: " + e.getMessage());
                failed = true;
            }
        }
        return failed ? 1 : 0;
    }

    /** One line, or several: a block between triple quotes, or lines that end with a backslash. */
    private Optional<String> read() throws IOException {
        Optional<String> first = input.read(style.prompt("> "));
        if (first.isEmpty()) {
            return first;
        }
        String line = first.get();
        if (line.startsWith(BLOCK)) {
            return Optional.of(block(line.substring(BLOCK.length())));
        }
        StringBuilder text = new StringBuilder();
        while (line.endsWith(CONTINUED)) {
            text.append(line, 0, line.length() - CONTINUED.length()).append('\n');
            line = more().orElse("");
        }
        return Optional.of(text.append(line).toString());
    }

    /** The quotes may stand on lines of their own, which are no part of the text. */
    private String block(String firstLine) throws IOException {
        List<String> lines = new ArrayList<>();
        Optional<String> line = Optional.of(firstLine);
        while (line.isPresent() && !line.get().endsWith(BLOCK)) {
            lines.add(line.get());
            line = more();
        }
        line.ifPresent(last -> lines.add(last.substring(0, last.length() - BLOCK.length())));
        if (lines.size() > 1 && lines.getLast().isEmpty()) {
            lines.removeLast();
        }
        if (lines.size() > 1 && lines.getFirst().isEmpty()) {
            lines.removeFirst();
        }
        return String.join("\n", lines);
    }

    private Optional<String> more() throws IOException {
        return input.read(style.prompt(". "));
    }

    private void ask(String text) throws InterruptedException {
        List<ChatMessage> conversation = conversation();
        ChatMessage question = ChatMessage.of(Role.USER, text);
        conversation.add(question);
        ChatAnswer answer;
        try {
            answer = partner.answer(conversation, settings, this::print);
        } finally {
            streams.out().println();
            streams.flushOut();
        }
        said.add(question);
        said.add(ChatMessage.of(Role.ASSISTANT, answer.text()));
        note(describe(answer));
    }

    /** Without what a terminal would obey: a model may say anything. */
    private void print(String text) {
        streams.out().print(CONTROL.matcher(text).replaceAll("\uFFFD"));
        streams.flushOut();
    }

    private List<ChatMessage> conversation() {
        List<ChatMessage> conversation = new ArrayList<>();
        system.ifPresent(text -> conversation.add(ChatMessage.of(Role.SYSTEM, text)));
        conversation.addAll(said);
        return conversation;
    }

    private static String describe(ChatAnswer answer) {
        double wait = answer.untilFirstText().toNanos() / 1e9;
        String end =
                switch (answer.end()) {
                    case COMPLETE -> "";
                    case LIMIT -> "; the limit was reached";
                    case INTERRUPTED -> "; interrupted";
                };
        String tokens = "";
        if (answer.tokens().isPresent()) {
            int count = answer.tokens().getAsInt();
            // The first token came with the first text.
            double seconds = Math.max(answer.generating().toNanos(), 1) / 1e9;
            tokens =
                    count > 1
                            ? String.format(
                                    Locale.ROOT,
                                    "%d tokens, %.1f/s; ",
                                    count,
                                    (count - 1) / seconds)
                            : String.format(Locale.ROOT, "%d tokens; ", count);
        }
        return String.format(Locale.ROOT, "%sfirst after %.2f s%s", tokens, wait, end);
    }

    private void command(String line) {
        String[] words = line.split("\\s+", 2);
        String arguments = words.length > 1 ? words[1] : "";
        Command command =
                Arrays.stream(Command.values())
                        .filter(each -> each.toString().equals(words[0]))
                        .findFirst()
                        .orElseThrow(() ->
                                new ChatException(
                                        "there is no "
                                                + words[0]
                                                + "; there are "
                                                + String.join(", ", commandNames())));
        switch (command) {
            case HELP -> help();
            case SYSTEM -> {
                system = Optional.of(arguments).filter(text -> !text.isEmpty());
                note(system.isPresent() ? "the system message is set" : "no system message");
            }
            case SET -> set(arguments);
            case RESET -> {
                said.clear();
                note("forgotten");
            }
            case SAVE -> save(arguments);
            case EXIT -> {}
        }
    }

    private void help() {
        for (Command command : Command.values()) {
            streams.err()
                    .println(
                            String.format(
                                    Locale.ROOT,
                                    "%-22s %s",
                                    command + " " + command.arguments,
                                    command.what));
        }
        streams.err()
                .println(
                        "To say several lines put them between \"\"\" and \"\"\", or end all but"
                                + " the last with \\. Ctrl-C ends an answer.");
    }

    private void set(String arguments) {
        if (!arguments.isEmpty()) {
            String[] words = arguments.split("[\\s=]+");
            ChatSetting setting =
                    ChatSetting.named(words[0])
                            .orElseThrow(() ->
                                    new ChatException(
                                            "there is no setting "
                                                    + words[0]
                                                    + "; there are "
                                                    + Arrays.stream(ChatSetting.values())
                                                            .map(ChatSetting::toString)
                                                            .collect(Collectors.joining(", "))));
            if (words.length > 2) {
                throw new ChatException(setting + " has one value");
            }
            settings =
                    words.length == 1
                            ? settings.without(setting)
                            : settings.with(setting, words[1]);
        }
        note(settings.values().isEmpty() ? "nothing is set" : settings.toString());
    }

    private void save(String file) {
        if (file.isEmpty()) {
            throw new ChatException(Command.SAVE + " needs the name of a file");
        }
        String text =
                Json.writePretty(ConversationJson.of(partner.name(), conversation(), settings));
        try {
            Path path = Path.of(file);
            Files.writeString(path, text + "\n", StandardOpenOption.CREATE_NEW);
            note("saved to " + path);
        } catch (FileAlreadyExistsException e) {
            throw new ChatException(file + " is there already; choose another name");
        } catch (NoSuchFileException e) {
            throw new ChatException(file + " cannot be written: its folder is not there");
        } catch (InvalidPathException | IOException e) {
            throw new ChatException(file + " cannot be written: " + e.getMessage());
        }
    }

    private void note(String text) {
        streams.err().println(style.note("[" + text + "]"));
    }
}
