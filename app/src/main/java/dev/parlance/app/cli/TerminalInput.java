package dev.parlance.app.cli;

import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.reader.impl.completer.StringsCompleter;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;

/** Lines that are typed, with editing, a history, and completion of commands. */
final class TerminalInput implements ChatInput {
    private final Terminal terminal;
    private final LineReader reader;

    /**
     * @param commands what the first word may be completed to
     * @param history the file of earlier lines; null: none is read or written
     */
    TerminalInput(Collection<String> commands, @Nullable Path history) throws IOException {
        // Of JLine's ways to a terminal the one by the program stty: others load native code.
        terminal = TerminalBuilder.builder().provider("exec").build();
        DefaultParser plain = new DefaultParser();
        plain.setQuoteChars(null);
        plain.setEscapeChars(null);
        LineReaderBuilder builder =
                LineReaderBuilder.builder()
                        .terminal(terminal)
                        .parser(plain)
                        .completer(new StringsCompleter(commands))
                        .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true);
        if (history != null) {
            Path folder = history.getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            builder.variable(LineReader.HISTORY_FILE, history);
        }
        reader = builder.build();
    }

    @Override
    public Optional<String> read(String prompt) {
        try {
            return Optional.of(reader.readLine(prompt));
        } catch (UserInterruptException e) {
            return Optional.of("");
        } catch (EndOfFileException e) {
            return Optional.empty();
        }
    }

    @Override
    public void onInterrupt(Runnable action) {
        terminal.handle(Terminal.Signal.INT, _ -> action.run());
    }

    @Override
    public void close() throws IOException {
        terminal.close();
    }
}
