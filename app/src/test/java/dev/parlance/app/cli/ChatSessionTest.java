package dev.parlance.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.app.chat.ModelPartner;
import dev.parlance.engine.LoadedModel;
import dev.parlance.engine.ModelDescription;
import dev.parlance.engine.chat.template.ChatTemplate;
import dev.parlance.engine.generation.GenerationEvent;
import dev.parlance.engine.generation.GenerationEvent.Failed.Cause;
import dev.parlance.engine.generation.GenerationRequest;
import dev.parlance.engine.sampling.SamplingParams;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

class ChatSessionTest {
    private static final int CONTEXT = 60;
    private static final String TEMPLATE =
            "{% for m in messages %}{{ m.role[0] }}:{{ m.content }};{% endfor %}a:";

    @TempDir private Path folder;

    private final ScriptedBackend backend = new ScriptedBackend("ok$", Optional.empty());
    private String out = "";
    private String err = "";

    @Test
    void everyQuestionHasWhatWasSaidBeforeIt() throws Exception {
        assertThat(chat("one", "", "two")).isZero();

        assertThat(prompts()).containsExactly("u:one;a:", "u:one;a:ok;u:two;a:");
        assertThat(out.lines()).containsExactly("ok", "ok");
        assertThat(err.lines().skip(1))
                .allSatisfy(line ->
                        assertThat(line)
                                .matches("\\[3 tokens, \\S+/s; first after \\d+\\.\\d\\d s\\]"));
    }

    @Test
    void linesAreContinuedByABackslashOrBetweenQuotes() throws Exception {
        chat("a\\", "b\\", "c", "/reset", "\"\"\"d", "", "e\"\"\"", "/reset", "\"\"\"f\"\"\"");

        assertThat(prompts()).containsExactly("u:a\nb\nc;a:", "u:d\n\ne;a:", "u:f;a:");
    }

    @Test
    void quotesMayStandOnLinesOfTheirOwn() throws Exception {
        chat("\"\"\"", "", "a", "\"\"\"", "/reset", "\"\"\"", "\"\"\"", "\"\"\"b", "c");

        assertThat(prompts()).containsExactly("u:\na;a:", "u:b\nc;a:");
    }

    @Test
    void theSystemMessageIsSetAndRemoved() throws Exception {
        chat("/system Be brief.", "one", "/reset", "two", "/system", "/reset", "three");

        assertThat(prompts())
                .containsExactly("s:Be brief.;u:one;a:", "s:Be brief.;u:two;a:", "u:three;a:");
    }

    @Test
    void settingsReachTheNextAnswer() throws Exception {
        chat("/set temperature 0.2", "/set max_tokens=1", "one", "/set temperature", "two");

        List<GenerationRequest> requests = backend.requests();
        assertThat(requests.getFirst().sampling())
                .isEqualTo(SamplingParams.DEFAULT.withTemperature(0.2));
        assertThat(requests.getFirst().maxTokens()).isEqualTo(1);
        assertThat(requests.getLast().sampling()).isEqualTo(SamplingParams.DEFAULT);
        assertThat(err)
                .contains(
                        "[temperature 0.2, max_tokens 1]",
                        "[1 tokens; first after",
                        "the limit was reached",
                        "[max_tokens 1]");
    }

    @Test
    void wrongCommandsSayWhatWouldBeRight() throws Exception {
        assertThat(chat("/sytem x", "/set heat 1", "/set top_p 2", "/set top_k 1.5", "/save"))
                .isEqualTo(1);

        assertThat(err.lines().skip(1))
                .containsExactly(
                        "parlance: there is no /sytem; there are /help, /system, /set, /reset,"
                                + " /save, /exit",
                        "parlance: there is no setting heat; there are temperature, top_p, top_k,"
                                + " min_p, repetition_penalty, max_tokens, seed",
                        "parlance: top_p must be a number above 0 and at most 1, got '2'",
                        "parlance: top_k must be a whole number from 0 to 1000000, got '1.5'",
                        "parlance: /save needs the name of a file");
        assertThat(backend.requests()).isEmpty();
    }

    @Test
    void savesAConversationAsARequestAndOverwritesNothing() throws Exception {
        Path file = folder.resolve("chat.json");

        chat("/set seed 7", "one", "/save " + file, "/save " + file);

        assertThat(Files.readString(file).replaceAll("\\s", ""))
                .isEqualTo(
                        """
                        {"model":"letters","messages":[{"role":"user","content":"one"},\
                        {"role":"assistant","content":"ok"}],"seed":7}\
                        """);
        assertThat(err).contains(file + " is there already; choose another name");
    }

    @Test
    void aQuestionThatFailsIsForgotten() throws Exception {
        assertThat(chat("x".repeat(CONTEXT), "one", "/exit", "two")).isZero();

        assertThat(prompts()).containsExactly("u:one;a:");
        assertThat(err).contains("tokens and the context is 60; begin anew");
    }

    @Test
    void aFailedTurnAtTheEndIsTheExitCode() throws Exception {
        ScriptedBackend failing =
                new ScriptedBackend(
                        "ab", Optional.of(new GenerationEvent.Failed(Cause.ERROR, "no memory")));

        assertThat(chat(failing, "one")).isEqualTo(1);
        assertThat(out.lines()).containsExactly("ab");
        assertThat(err).contains("parlance: no memory");
    }

    @Test
    void anInterruptedAnswerIsKept() throws Exception {
        ScriptedBackend interrupted =
                new ScriptedBackend(
                        "ab", Optional.of(new GenerationEvent.Failed(Cause.CANCELLED, "")));

        assertThat(chat(interrupted, "one", "two")).isZero();
        assertThat(prompts(interrupted)).containsExactly("u:one;a:", "u:one;a:ab;u:two;a:");
        assertThat(err).contains("; interrupted]");
    }

    @Test
    void aTerminalIsNotToldToObeyTheModel() throws Exception {
        chat(new ScriptedBackend("a\u001b[2Jb\u0007\tc$", Optional.empty()), "one");

        assertThat(out.lines()).containsExactly("a\uFFFD[2Jb\uFFFD\tc");
    }

    private int chat(String... lines) throws IOException, InterruptedException {
        return chat(backend, lines);
    }

    private int chat(ScriptedBackend model, String... lines)
            throws IOException, InterruptedException {
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        Streams streams =
                new Streams(
                        new ByteArrayInputStream(
                                String.join("\n", lines).getBytes(StandardCharsets.UTF_8)),
                        new PrintStream(outBytes, false, StandardCharsets.UTF_8),
                        new PrintStream(errBytes, true, StandardCharsets.UTF_8));
        LoadedModel loaded =
                new LoadedModel(
                        new ModelDescription("letters", "test", CONTEXT, 128, 0, 0, ""),
                        new LetterTokenizer(),
                        ChatTemplate.compile(TEMPLATE),
                        model,
                        () -> {});
        try (ModelPartner partner = new ModelPartner(loaded);
                ChatInput input = ChatInput.of(streams)) {
            return new ChatSession(partner, Optional.empty(), input, streams, ChatStyle.PLAIN)
                    .run();
        } finally {
            out = outBytes.toString(StandardCharsets.UTF_8);
            err = errBytes.toString(StandardCharsets.UTF_8);
        }
    }

    private List<String> prompts() {
        return prompts(backend);
    }

    private static List<String> prompts(ScriptedBackend model) {
        return model.requests().stream()
                .map(request ->
                        new String(request.promptTokens(), 0, request.promptTokens().length))
                .toList();
    }
}
