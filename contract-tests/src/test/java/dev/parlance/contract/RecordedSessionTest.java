package dev.parlance.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The session that the README shows: its commands, run against the packaged program, print what is
 * written there. With {@code -Dparlance.update=true} it is recorded anew.
 */
class RecordedSessionTest {
    private static final Path README = Program.ROOT.resolve("README.md");
    private static final String PROMPT = "$ ";
    private static final String SHOWN_URL = "http://127.0.0.1:8080";

    private static final Pattern SESSION =
            Pattern.compile("(?<=<!-- recorded session -->\n```\n).*?(?=```\n)", Pattern.DOTALL);

    @Test
    void theReadmesSessionIsWhatTheProgramAnswers() throws IOException, InterruptedException {
        String readme = Files.readString(README);
        Matcher session = SESSION.matcher(readme);
        assertThat(session.find()).as("a recorded session in README.md").isTrue();

        String answered;
        try (Program program = Program.serve()) {
            answered = run(session.toMatchResult(), program.baseUrl().toString());
        }

        if (Boolean.getBoolean("parlance.update")) {
            Files.writeString(
                    README,
                    readme.substring(0, session.start())
                            + answered
                            + readme.substring(session.end()));
        } else {
            assertThat(answered).as("the session of README.md").isEqualTo(session.group());
        }
    }

    /** The session's commands, each after a prompt and before what it printed. */
    private static String run(MatchResult session, String url)
            throws IOException, InterruptedException {
        String script =
                session.group()
                        .lines()
                        .filter(line -> line.startsWith(PROMPT))
                        .map(line -> line.substring(PROMPT.length()))
                        .map(command ->
                                "cat <<'COMMAND'\n" + PROMPT + command + "\nCOMMAND\n" + command)
                        .collect(Collectors.joining("\n"));
        Process bash =
                new ProcessBuilder("bash", "-c", script.replace(SHOWN_URL, url))
                        .redirectErrorStream(true)
                        .start();
        String printed = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor()).as("status of the session's last command").isZero();
        return printed.replace(url, SHOWN_URL);
    }
}
