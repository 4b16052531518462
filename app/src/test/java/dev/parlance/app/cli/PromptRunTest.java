package dev.parlance.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parlance.engine.LoadedModel;
import dev.parlance.engine.ModelDescription;
import dev.parlance.engine.chat.template.ChatTemplate;
import dev.parlance.engine.generation.GenerationEvent;
import dev.parlance.engine.generation.GenerationEvent.Failed.Cause;
import dev.parlance.engine.generation.GenerationRequest;
import dev.parlance.engine.sampling.SamplingParams;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

class PromptRunTest {
    private static final int CONTEXT = 40;
    private static final String TEMPLATE =
            "{% for m in messages %}{{ m.role[0] }}:{{ m.content }};{% endfor %}a:";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void theTextGoesToStdoutAndANoteToStderr() throws InterruptedException {
        ScriptedBackend backend = new ScriptedBackend("hello$", Optional.empty());
        assertThat(run(chat(), backend, "Hi")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("hello" + nl());
        assertThat(err.toString(StandardCharsets.UTF_8))
                .matches(
                        "\\[prompt: 7 tokens, \\S+/s; generated: 6 tokens, \\S+/s; the model"
                                + " ended\\]\\R");
        assertThat(prompt(backend)).isEqualTo("u:Hi;a:");
    }

    @Test
    void theSystemTextComesFirst() throws InterruptedException {
        ScriptedBackend backend = new ScriptedBackend("x$", Optional.empty());
        PromptRun run = with(Optional.of("Be brief"), false, OptionalInt.empty(), List.of());
        run(run, backend, "Hi");
        assertThat(prompt(backend)).isEqualTo("s:Be brief;u:Hi;a:");
    }

    @Test
    void aRawPromptIsTheWholeInput() throws InterruptedException {
        ScriptedBackend backend = new ScriptedBackend("x$", Optional.empty());
        run(with(Optional.empty(), true, OptionalInt.empty(), List.of()), backend, "Hi");
        assertThat(prompt(backend)).isEqualTo("^Hi");
        assertThat(backend.requests().getFirst().maxTokens()).isEqualTo(CONTEXT - 3);
        assertThat(backend.requests().getFirst().endTokens()).containsExactly((int) '$');
    }

    @Test
    void tokensAreLimitedAndStopSequencesAreCutOff() throws InterruptedException {
        ScriptedBackend backend = new ScriptedBackend("abcdef$", Optional.empty());
        run(with(Optional.empty(), true, OptionalInt.of(3), List.of()), backend, "Hi");
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("abc" + nl());
        out.reset();
        run(with(Optional.empty(), true, OptionalInt.empty(), List.of("de")), backend, "Hi");
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("abc" + nl());
    }

    @Test
    void aPromptBeyondTheContextIsRefused() {
        ScriptedBackend backend = new ScriptedBackend("x$", Optional.empty());
        PromptRun raw = with(Optional.empty(), true, OptionalInt.empty(), List.of());
        assertThatThrownBy(() -> run(raw, backend, "x".repeat(CONTEXT)))
                .isInstanceOf(CommandException.class)
                .hasMessage(
                        "the prompt has 41 tokens and the context is 40; shorten it, or try a"
                                + " larger --context");
        PromptRun greedy = with(Optional.empty(), true, OptionalInt.of(39), List.of());
        assertThatThrownBy(() -> run(greedy, backend, "x"))
                .hasMessage(
                        "the prompt has 2 tokens and the context is 40; --max-tokens can be 38 at"
                                + " most");
        assertThat(backend.requests()).isEmpty();
    }

    @Test
    void aFailureIsSaidAndACancellationIsAnExitCode() throws InterruptedException {
        ScriptedBackend failing =
                new ScriptedBackend(
                        "ab", Optional.of(new GenerationEvent.Failed(Cause.ERROR, "no memory")));
        assertThatThrownBy(() -> run(chat(), failing, "Hi"))
                .isInstanceOf(CommandException.class)
                .hasMessage("no memory");
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("ab" + nl());
        ScriptedBackend cancelled =
                new ScriptedBackend(
                        "ab", Optional.of(new GenerationEvent.Failed(Cause.CANCELLED, "")));
        assertThat(run(chat(), cancelled, "Hi")).isEqualTo(130);
    }

    private static PromptRun chat() {
        return with(Optional.empty(), false, OptionalInt.empty(), List.of());
    }

    private static PromptRun with(
            Optional<String> system, boolean raw, OptionalInt maxTokens, List<String> stop) {
        return new PromptRun(system, raw, maxTokens, stop, SamplingParams.GREEDY, false);
    }

    private int run(PromptRun run, ScriptedBackend backend, String prompt)
            throws InterruptedException {
        LoadedModel model =
                new LoadedModel(
                        new ModelDescription("letters", "test", CONTEXT, 128, 0, 0, ""),
                        new LetterTokenizer(),
                        ChatTemplate.compile(TEMPLATE),
                        backend,
                        () -> {});
        return run.run(
                model,
                prompt,
                new Streams(
                        InputStream.nullInputStream(),
                        new PrintStream(out, false, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8)));
    }

    private static String prompt(ScriptedBackend backend) {
        GenerationRequest request = backend.requests().getFirst();
        return new String(request.promptTokens(), 0, request.promptTokens().length);
    }

    private static String nl() {
        return System.lineSeparator();
    }
}
