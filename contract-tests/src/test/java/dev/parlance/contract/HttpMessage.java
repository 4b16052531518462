package dev.parlance.contract;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A request or an answer of HTTP/1.1, read from a connection that an error leaves useless.
 *
 * <p>Threads: one reads, while others look.
 */
final class HttpMessage {
    private final String startLine;
    private final Map<String, String> headers;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private volatile boolean whole;

    private HttpMessage(String startLine, Map<String, String> headers) {
        this.startLine = startLine;
        this.headers = headers;
    }

    /**
     * Reads a message but for its body.
     *
     * @throws EOFException if none comes any more
     */
    static HttpMessage readHead(InputStream in) throws IOException {
        String startLine = readLine(in);
        Map<String, String> headers = new HashMap<>();
        for (String line = readLine(in); !line.isEmpty(); line = readLine(in)) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return new HttpMessage(startLine, headers);
    }

    /** Reads the body to its end. */
    void readBody(InputStream in) throws IOException {
        if (header("transfer-encoding").equals("chunked")) {
            readChunks(in);
        } else {
            copy(in, Integer.parseInt(headers.getOrDefault("content-length", "0")));
        }
        whole = true;
    }

    private void readChunks(InputStream in) throws IOException {
        int size = Integer.parseInt(readLine(in), 16);
        while (size > 0) {
            copy(in, size);
            readLine(in);
            size = Integer.parseInt(readLine(in), 16);
        }
        readLine(in);
    }

    private void copy(InputStream in, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            body.write(next(in));
        }
    }

    private static String readLine(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = next(in); next != '\n'; next = next(in)) {
            if (next != '\r') {
                line.write(next);
            }
        }
        return line.toString(ISO_8859_1);
    }

    private static int next(InputStream in) throws IOException {
        int next = in.read();
        if (next < 0) {
            throw new EOFException();
        }
        return next;
    }

    /** Whether the body has come to its end. */
    boolean isWhole() {
        return whole;
    }

    String startLine() {
        return startLine;
    }

    /** Of an answer. */
    int status() {
        return Integer.parseInt(startLine.split(" ")[1]);
    }

    /** Empty if there is none. */
    String header(String name) {
        return headers.getOrDefault(name, "");
    }

    /** As far as it has come. */
    String body() {
        return body.toString(UTF_8);
    }
}
