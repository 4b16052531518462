package dev.parlance.contract;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The packaged program, started as a user starts it: by the script at the root. */
final class Program implements AutoCloseable {
    static final Path ROOT = Path.of(System.getProperty("parlance.root"));

    private static final Pattern URL = Pattern.compile("http://127\\.0\\.0\\.1:\\d+");

    private final Process process;
    private final URI baseUrl;

    private Program(Process process, URI baseUrl) {
        this.process = process;
        this.baseUrl = baseUrl;
    }

    /** Starts {@code parlance serve} on a free port and waits until it says where it listens. */
    static Program serve(Path model, String... options) throws IOException {
        List<String> all = new ArrayList<>(List.of("--model", model.toString()));
        all.addAll(List.of(options));
        return serve(all.toArray(String[]::new));
    }

    /** The same with the model that comes with the program, if the options name none. */
    static Program serve(String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of("serve", "--port", "0"));
        command.addAll(List.of(options));
        Process process = start(command);
        StringBuilder said = new StringBuilder();
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            said.append(line).append('\n');
            Matcher url = URL.matcher(line);
            if (url.find()) {
                Thread.ofVirtual().start(() -> drain(output));
                return new Program(process, URI.create(url.group()));
            }
        }
        throw new IllegalStateException("parlance serve ended without listening:\n" + said);
    }

    /** What a command prints (both streams) and its exit status. */
    record Result(int status, String output) {}

    static Result run(String... command) throws IOException, InterruptedException {
        Process process = start(List.of(command));
        process.outputWriter().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }

    private static Process start(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(ROOT.resolve("parlance").toString()));
        command.addAll(arguments);
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static void drain(BufferedReader output) {
        try {
            while (output.readLine() != null) {
                // A full pipe would stop the program.
            }
        } catch (IOException e) {
            // The program has ended, and its pipe with it.
        }
    }

    /** OpenAI's own client, for this program; to be closed. */
    OpenAIClient client() {
        return OpenAIOkHttpClient.builder()
                .baseUrl(baseUrl + "/v1")
                .apiKey("unused")
                .maxRetries(0)
                .build();
    }

    URI baseUrl() {
        return baseUrl;
    }

    @Override
    public void close() {
        process.destroy();
        if (process.onExit().completeOnTimeout(process, 20, TimeUnit.SECONDS).join().isAlive()) {
            process.destroyForcibly();
            throw new IllegalStateException("parlance did not end within 20 s of SIGTERM");
        }
    }
}
