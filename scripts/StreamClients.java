import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients of a server, each on a virtual thread; scripts/soak.sh runs it.
 *
 * <p>{@code java StreamClients.java open URL CLIENTS}: all have a stream open at a time before one
 * reads on. {@code java StreamClients.java soak URL CLIENTS SECONDS SEED}: each asks one request
 * after the other, of which a third is left at a random point. Prints what came of them; ends with
 * 1 if a stream that was not left did not reach its end.
 */
final class StreamClients {
    private static final String CHAT = "/v1/chat/completions";

    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .executor(Executors.newVirtualThreadPerTaskExecutor())
                    .build();
    private final URI uri;

    private final AtomicLong complete = new AtomicLong();
    private final AtomicLong left = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private final AtomicLong events = new AtomicLong();

    private StreamClients(String url) {
        uri = URI.create(url + CHAT);
    }

    public static void main(String[] args) throws Exception {
        StreamClients clients = new StreamClients(args[1]);
        int count = Integer.parseInt(args[2]);
        switch (args[0]) {
            case "open" -> clients.openAtOnce(count);
            case "soak" ->
                    clients.soak(
                            count,
                            Duration.ofSeconds(Long.parseLong(args[3])),
                            Long.parseLong(args[4]));
            default -> throw new IllegalArgumentException("open or soak, got " + args[0]);
        }
        System.out.printf(
                "complete %d, left %d, refused %d, lost %d, events %d%n",
                clients.complete.get(),
                clients.left.get(),
                clients.refused.get(),
                clients.lost.get(),
                clients.events.get());
        System.exit(clients.lost.get() == 0 ? 0 : 1);
    }

    private void openAtOnce(int count) throws Exception {
        AtomicLong openAt = new AtomicLong();
        CyclicBarrier allOpen = new CyclicBarrier(count, () -> openAt.set(System.nanoTime()));
        long start = System.nanoTime();
        runAll(
                count,
                client -> {
                    HttpResponse<InputStream> answer = send(body(client, 20, true));
                    allOpen.await();
                    read(answer, Integer.MAX_VALUE);
                });
        System.out.printf(
                "%d streams were open at a time, after %.1f s; all had ended after %.1f s%n",
                count, (openAt.get() - start) / 1e9, (System.nanoTime() - start) / 1e9);
    }

    private void soak(int count, Duration duration, long seed) throws Exception {
        long end = System.nanoTime() + duration.toNanos();
        runAll(
                count,
                client -> {
                    Random random = new Random(seed + client);
                    while (System.nanoTime() < end) {
                        askOnce(random);
                    }
                });
    }

    private void askOnce(Random random) throws Exception {
        boolean stream = random.nextInt(4) > 0;
        boolean leaves = random.nextInt(3) == 0;
        String body = body(random.nextInt(1000), 1 + random.nextInt(80), stream);
        if (!stream && leaves) {
            // In the middle of a body that the server sends in one piece at the end.
            var answer = http.sendAsync(request(body), BodyHandlers.ofString());
            Thread.sleep(random.nextInt(200));
            answer.cancel(true);
            left.incrementAndGet();
            return;
        }
        read(send(body), leaves ? random.nextInt(20) : Integer.MAX_VALUE);
    }

    private static String body(int number, int maxTokens, boolean stream) {
        return """
                {"model": "any", "max_tokens": %d, "stream": %b,
                 "messages": [{"role": "user", "content": "Hello, I am number %d. Tell me a story."}]}
                """
                .formatted(maxTokens, stream, number);
    }

    private HttpRequest request(String body) {
        return HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
    }

    private HttpResponse<InputStream> send(String body) throws IOException, InterruptedException {
        return http.send(request(body), BodyHandlers.ofInputStream());
    }

    /** Reads an answer to its end, or leaves after so many events. */
    private void read(HttpResponse<InputStream> answer, int most) throws IOException {
        boolean streamed = answer.headers().firstValue("content-type").orElse("").contains("event");
        int seen = 0;
        String last = "";
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("data: ") || !streamed) {
                    last = line;
                    events.incrementAndGet();
                    if (++seen > most) {
                        left.incrementAndGet();
                        return;
                    }
                }
            }
        }
        if (answer.statusCode() == 429) {
            refused.incrementAndGet();
        } else if (streamed ? last.equals("data: [DONE]") : last.contains("\"usage\"")) {
            complete.incrementAndGet();
        } else {
            lost.incrementAndGet();
            System.err.println("status " + answer.statusCode() + ", ended with: " + last);
        }
    }

    private interface Client {
        void run(int number) throws Exception;
    }

    private void runAll(int count, Client client) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int number = i;
                running.add(
                        threads.submit(
                                () -> {
                                    client.run(number);
                                    return null;
                                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        }
    }
}
