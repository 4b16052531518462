package dev.parlance.server.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A client that says exactly what a test tells it to. */
public final class RawClient implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;

    public RawClient(int port) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(20_000);
        in = socket.getInputStream();
    }

    /** Sends text, in which a line break stands for CR LF. */
    public RawClient send(String text) throws IOException {
        return sendBytes(text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
    }

    public RawClient sendBytes(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    /** A POST with a JSON body. */
    public RawClient post(String path, String json) throws IOException {
        int length = json.getBytes(StandardCharsets.UTF_8).length;
        send("POST " + path + " HTTP/1.1\nHost: x\nContent-Length: " + length + "\n\n");
        return sendBytes(json.getBytes(StandardCharsets.UTF_8));
    }

    /** Reads up to and including this text. */
    public String readUntil(String end) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf(end, Math.max(0, text.length() - end.length())) < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("closed after: " + text);
            }
            text.append((char) next);
        }
        return text.toString();
    }

    /** Reads a head and the body that its Content-Length announces. */
    public String readResponse() throws IOException {
        String head = readUntil("\r\n\r\n");
        int length = 0;
        for (String line : head.toLowerCase(Locale.ROOT).split("\r\n")) {
            if (line.startsWith("content-length:")) {
                length = Integer.parseInt(line.substring(15).strip());
            }
        }
        return head + new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    /** Whether the server has closed the connection; waits for it. */
    public boolean readsEnd() throws IOException {
        return in.read() < 0;
    }

    /** Reads and counts what comes until the server closes or the number is reached. */
    public long skip(long bytes) throws IOException {
        long skipped = 0;
        byte[] buffer = new byte[1 << 16];
        while (skipped < bytes) {
            int read = in.read(buffer, 0, (int) Math.min(buffer.length, bytes - skipped));
            if (read < 0) {
                break;
            }
            skipped += read;
        }
        return skipped;
    }

    /** Closes with a reset, as a killed program does. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
