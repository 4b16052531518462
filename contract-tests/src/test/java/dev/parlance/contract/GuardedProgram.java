package dev.parlance.contract;

import dev.parlance.server.access.ApiKey;
import dev.parlance.server.access.KeyFile;
import dev.parlance.server.access.KeyLimits;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * The program with one place, a queue of one, and keys that may do more or less; {@link
 * Program#KEY} may do all.
 */
final class GuardedProgram implements AutoCloseable {
    /** Is not known. */
    static final String WRONG = "sk-wrong";

    /** May use another model only. */
    static final String OTHER_MODEL = "sk-other-model";

    /** Has limits that no test reaches. */
    static final String GENEROUS = "sk-generous";

    static final int GENEROUS_REQUESTS = 100_000;

    /** May ask once a minute. */
    static final String SELDOM = "sk-seldom";

    /** May ask once a second, and sixty times at once. */
    static final String OFTEN = "sk-often";

    /** May have one request answered at a time. */
    static final String ONE_AT_A_TIME = "sk-one-at-a-time";

    private static final int TOO_MANY_REQUESTS = 429;

    private final HttpClient http = HttpClient.newHttpClient();
    private final Path file;
    private final Program program;

    GuardedProgram() throws IOException {
        file = Files.createTempFile("keys", ".jsonl");
        Files.write(
                file,
                List.of(
                        line(Program.KEY, Set.of(), KeyLimits.NONE),
                        line(OTHER_MODEL, Set.of("another"), KeyLimits.NONE),
                        line(
                                GENEROUS,
                                Set.of(),
                                new KeyLimits(GENEROUS_REQUESTS, KeyLimits.MAX_TOKENS, 0)),
                        line(SELDOM, Set.of(), new KeyLimits(1, 0, 0)),
                        line(OFTEN, Set.of(), new KeyLimits(60, 0, 0)),
                        line(ONE_AT_A_TIME, Set.of(), new KeyLimits(0, 0, 1))));
        program = Program.serveOne("--api-keys-file", file.toString());
    }

    private static String line(String secret, Set<String> models, KeyLimits limits) {
        return KeyFile.line(new ApiKey(secret, ApiKey.hash(secret), models, limits));
    }

    Program program() {
        return program;
    }

    Access with(String key) {
        return Access.to(program).withKey(key);
    }

    /** Asks with this key until that is too often. */
    void useUp(String key) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(program.directUrl().resolve("/v1/models"))
                        .header("Authorization", "Bearer " + key)
                        .build();
        int status = 0;
        while (status != TOO_MANY_REQUESTS) {
            status = http.send(request, BodyHandlers.discarding()).statusCode();
        }
    }

    @Override
    public void close() throws IOException {
        http.close();
        program.close();
        Files.delete(file);
    }
}
