package dev.parlance.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** The start script and what it starts. */
class StartScriptTest {
    @Test
    void versionAndHelpAnswer() throws IOException, InterruptedException {
        Program.Result version = Program.run("--version");
        assertThat(version.status()).isZero();
        assertThat(version.output()).contains("parlance 0.");

        Program.Result help = Program.run("--help");
        assertThat(help.status()).isZero();
        assertThat(help.output()).contains("serve", "run", "tokenize", "template", "inspect");
    }

    @Test
    void anUnknownOptionIsAnErrorOfUse() throws IOException, InterruptedException {
        Program.Result result = Program.run("serve", "--modle", "x.gguf");

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.output()).contains("--modle").contains("--model");
    }

    @Test
    void aDamagedFileIsOneLineThatNamesIt(@TempDir Path folder)
            throws IOException, InterruptedException {
        Path damaged = Files.writeString(folder.resolve("damaged.gguf"), "no model at all");

        Program.Result result = Program.run("serve", "--model", damaged.toString(), "--port", "0");

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.output().lines().filter(line -> !line.startsWith("WARNING")))
                .singleElement()
                .asString()
                .startsWith("parlance: ")
                .contains("damaged.gguf", "not a GGUF file");
    }

    /** The JVM itself keeps one whose jars have changed, and does without it from then on. */
    @Test
    void anArchiveOfClassesThatIsOlderThanTheProgramIsMadeAnew()
            throws IOException, InterruptedException {
        Program.run("--version");
        List<Path> archives = archives();
        assertThat(archives).isNotEmpty();
        for (Path archive : archives) {
            Files.setLastModifiedTime(archive, FileTime.from(Instant.EPOCH));
        }

        Program.run("--version");

        assertThat(archives())
                .allSatisfy(archive ->
                        assertThat(Files.getLastModifiedTime(archive).toInstant())
                                .isAfter(Instant.EPOCH));
    }

    private static List<Path> archives() throws IOException {
        try (Stream<Path> files = Files.list(Program.ROOT.resolve("app/target"))) {
            return files.filter(file -> file.getFileName().toString().startsWith("parlance-help-"))
                    .toList();
        }
    }

    @Test
    void aChatEndsWithItsInput() throws IOException, InterruptedException {
        Program.Result result = Program.run("chat");

        assertThat(result.status()).isZero();
        assertThat(result.output()).contains("parlance-tiny; /help tells more");
    }

    @Test
    void onePromptIsAnsweredOnTheTerminal(@TempDir Path folder)
            throws IOException, InterruptedException {
        Path model = TinyModel.write(folder.resolve("tiny.gguf"));

        Program.Result result =
                Program.run(
                        "run",
                        "--model",
                        model.toString(),
                        "--max-tokens",
                        "4",
                        "--temperature",
                        "0",
                        "tea");

        assertThat(result.status()).isZero();
        assertThat(result.output()).isNotEmpty();
    }
}
