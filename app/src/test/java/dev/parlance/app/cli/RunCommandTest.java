package dev.parlance.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

@Timeout(60)
class RunCommandTest {
    @TempDir private Path folder;

    @Test
    void aSeedMakesTheAnswerRepeatable() {
        Path model = Invocation.oracle("models/llama.gguf");
        assumeTrue(Files.exists(model), "reference data is not beside the checkout");
        String arguments = "run --raw --max-tokens 8 --seed 7 --threads 1 --model";
        Invocation first = run(arguments, model, "Hi");
        assertThat(first.exitCode()).as(first.err()).isZero();
        assertThat(first.err())
                .matches("\\[prompt: \\d+ tokens, .*; generated: \\d tokens, .*\\]\\R");
        assertThat(run(arguments, model, "Hi").out()).isEqualTo(first.out());
        Invocation quiet = run("run --quiet " + arguments.substring(4), model, "-", "Hi");
        assertThat(quiet.out()).isEqualTo(first.out());
        assertThat(quiet.err()).isEmpty();
    }

    @Test
    void theChatTemplateOfAFileIsUsed() throws IOException {
        Path model = Invocation.oracle("models/llama.gguf");
        assumeTrue(Files.exists(model), "reference data is not beside the checkout");
        Path template = folder.resolve("template.jinja");
        String arguments = "run --max-tokens 3 --threads 1 --chat-template " + template;
        Files.writeString(template, "{{ messages[0].content }}");
        Invocation answer = run(arguments + " --model", model, "Hi");
        assertThat(answer.exitCode()).as(answer.err()).isZero();
        Files.writeString(template, "{{ raise_exception('not today') }}");
        Invocation refusal = run(arguments + " --model", model, "Hi");
        assertThat(refusal.exitCode()).isEqualTo(1);
        assertThat(refusal.err()).startsWith("parlance: ").contains("not today");
        assertThat(refusal.err().lines()).hasSize(1);
    }

    @Test
    void withoutAModelTheEmbeddedOneAnswers() {
        Invocation run = Invocation.of("run", "--max-tokens", "3", "--quiet", "Hello");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).isEmpty();
    }

    @Test
    void completeIsAnotherNameOfIt() {
        Invocation run =
                Invocation.of(
                        "complete",
                        "--raw",
                        "--temperature",
                        "0",
                        "--max-tokens",
                        "3",
                        "--quiet",
                        "Once upon a");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).startsWith(" time");
    }

    @ParameterizedTest
    @CsvSource({
        "run --model a,                         PROMPT",
        "run --model a --raw --system s x,      --raw leaves no place for --system",
        "run --model a --temperature -1 x,      '--temperature must be 0 or more, got -1.0'",
        "run --model a --temperature NaN x,     '--temperature must be 0 or more, got NaN'",
        "run --model a --top-p 0 x,             '--top-p must be above 0 and at most 1, got 0.0'",
        "run --model a --min-p 2 x,             '--min-p must be between 0 and 1, got 2.0'",
        "run --model a --repetition-penalty 0 x, '--repetition-penalty must be above 0, got 0.0'",
        "run --model a --max-tokens 0 x,        '--max-tokens must be 1 or more, got 0'",
        "run --model a --top-k -1 x,            '--top-k must be 0 or more, got -1'",
        "run --model a --seed x y,              is not a long",
        "run --model a --max-token 3 x,         did you mean --max-tokens?",
    })
    void wrongUseIsRefusedBeforeAnythingIsLoaded(String arguments, String message) {
        Invocation run = Invocation.of(arguments.split(" "));
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("parlance: ").contains(message, "parlance run --help");
    }

    private static Invocation run(String arguments, Path model, String prompt) {
        return run(arguments, model, prompt, "");
    }

    private static Invocation run(String arguments, Path model, String prompt, String stdin) {
        String[] all = (arguments + " FILE PROMPT").split(" ");
        all[all.length - 2] = model.toString();
        all[all.length - 1] = prompt;
        return Invocation.withInput(stdin, all);
    }
}
