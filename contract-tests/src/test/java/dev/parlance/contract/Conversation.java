package dev.parlance.contract;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;

/**
 * The requests and answers of one connection in HTTP/1.1, one after the other. Does not know {@code
 * HEAD}, whose answers have no body.
 *
 * <p>Threads: one may read the requests and another the answers, while others look.
 */
final class Conversation {
    private final List<HttpMessage> requests = new CopyOnWriteArrayList<>();
    private final List<HttpMessage> answers = new CopyOnWriteArrayList<>();

    /** A request and its answer; of both, what has come until now. */
    record Turn(HttpMessage request, HttpMessage answer) {
        String method() {
            return request.startLine().split(" ")[0];
        }

        String path() {
            return request.startLine().split(" ")[1];
        }

        int status() {
            return answer.status();
        }
    }

    /** Reads requests until the client has left, which is an exception. */
    void readRequests(InputStream in) throws IOException {
        while (true) {
            HttpMessage request = HttpMessage.readHead(in);
            requests.add(request);
            request.readBody(in);
        }
    }

    /** Reads answers until the server has left, which is an exception. */
    void readAnswers(InputStream in) throws IOException {
        while (true) {
            HttpMessage answer = HttpMessage.readHead(in);
            if (answer.status() >= 200) {
                answers.add(answer);
                answer.readBody(in);
            }
        }
    }

    List<Turn> turns() {
        return IntStream.range(0, Math.min(requests.size(), answers.size()))
                .mapToObj(i -> new Turn(requests.get(i), answers.get(i)))
                .toList();
    }
}
