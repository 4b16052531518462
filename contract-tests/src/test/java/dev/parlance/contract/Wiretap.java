package dev.parlance.contract;

import dev.parlance.contract.Conversation.Turn;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Stands between clients and a server, remembers what is said, and passes it on as it comes.
 * Whoever leaves on one side is gone on the other too.
 *
 * <p>Threads: safe; two of its own per connection.
 */
final class Wiretap implements AutoCloseable {
    private final ServerSocket listener;
    private final List<Conversation> conversations = new CopyOnWriteArrayList<>();
    private volatile URI server;

    private Wiretap(ServerSocket listener, URI server) {
        this.listener = listener;
        this.server = server;
    }

    /** Listens on a free port. */
    static Wiretap before(URI server) throws IOException {
        ServerSocket listener = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        Wiretap tap = new Wiretap(listener, server);
        Thread.ofVirtual().start(tap::accept);
        return tap;
    }

    /** Where clients find the server. */
    URI url() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    /** Sends new connections to another server. */
    void redirect(URI other) {
        server = other;
    }

    /** What was said so far; what came over one connection is in order. */
    List<Turn> turns() {
        return conversations.stream()
                .flatMap(conversation -> conversation.turns().stream())
                .toList();
    }

    /** How often the server has answered with this status so far. */
    long count(int status) {
        return turns().stream().filter(turn -> turn.status() == status).count();
    }

    private void accept() {
        try {
            while (true) {
                connect(listener.accept());
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void connect(Socket client) throws IOException {
        URI target = server;
        Socket upstream;
        try {
            upstream = new Socket(target.getHost(), target.getPort());
        } catch (IOException e) {
            // The server is not there, and so is nobody here.
            client.close();
            return;
        }
        Conversation conversation = new Conversation();
        conversations.add(conversation);
        forward(client, upstream, conversation::readRequests);
        forward(upstream, client, conversation::readAnswers);
    }

    private interface Reader {
        void read(InputStream in) throws IOException;
    }

    private static void forward(Socket from, Socket to, Reader reader) throws IOException {
        from.setTcpNoDelay(true);
        to.setTcpNoDelay(true);
        InputStream in = new Forwarded(from.getInputStream(), to.getOutputStream());
        Thread.ofVirtual()
                .start(() -> {
                    try (from;
                            to) {
                        reader.read(in);
                    } catch (IOException e) {
                        // One of the two has left.
                    }
                });
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Passes on what has been read, so that whoever has heard a thing finds it here. */
    private static final class Forwarded extends InputStream {
        private final InputStream in;
        private final OutputStream out;
        private final byte[] buffer = new byte[1 << 14];
        private int position;
        private int end;

        Forwarded(InputStream in, OutputStream out) {
            this.in = in;
            this.out = out;
        }

        @Override
        public int read() throws IOException {
            if (position == end) {
                out.write(buffer, 0, end);
                position = 0;
                end = Math.max(0, in.read(buffer));
            }
            return position == end ? -1 : buffer[position++] & 0xff;
        }
    }
}
