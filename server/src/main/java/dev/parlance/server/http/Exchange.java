package dev.parlance.server.http;

import dev.parlance.server.access.Caller;
import dev.parlance.server.access.Grant;
import dev.parlance.server.access.InvalidKeyException;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;

import java.io.ByteArrayOutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One request and its answer.
 *
 * <p>Threads: the body is gathered and every byte is written on the connection's event loop; the
 * handler runs on a virtual thread. The two meet through {@link Context#runOnContext}, {@link
 * Cancellation} and {@link SseWriter}.
 */
final class Exchange {
    private static final Logger LOGGER = System.getLogger(Exchange.class.getName());

    /** What is still read and thrown away of a body that was refused, before the line is cut. */
    private static final long MAX_DISCARDED_BYTES = 64L << 20;

    /**
     * A body must be there in the time of so many of the longest pauses, however seldom it pauses:
     * what arrives byte by byte holds memory that others need.
     */
    private static final int MAX_BODY_PAUSES = 10;

    private final Service service;
    private final ListenerOptions options;
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final ClientConnection connection;
    private final Context eventLoop;
    private final String id;
    private final long startNanos = System.nanoTime();
    private final Cancellation clientGone = new Cancellation();
    private final Cancellation stopped = new Cancellation();
    private final RequestScope scope = new RequestScope();
    private Caller caller = Caller.ANYONE;
    private Grant grant = Grant.NONE;

    private ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final AtomicLong memoryTaken = new AtomicLong();
    private boolean refused;
    private boolean handlerRuns;
    private boolean closesConnection;
    private boolean over;
    private long discardedBytes;
    private long bodyTimer = -1;

    /** To be made on the event loop of the request. */
    Exchange(Service service, HttpServerRequest request, String id) {
        this.service = service;
        this.options = service.options();
        this.request = request;
        this.response = request.response();
        this.connection = service.connections().of(request.connection());
        this.eventLoop = service.vertx().getOrCreateContext();
        this.id = id;
    }

    /**
     * Starts to read the request, if its sender may send one: nobody else gets to fill our memory.
     * Event loop only.
     */
    void receive() {
        begin();
        response.closeHandler(_ -> gone());
        response.exceptionHandler(_ -> gone());
        request.exceptionHandler(_ -> gone());
        boolean expectsContinue =
                "100-continue".equalsIgnoreCase(String.valueOf(request.getHeader("expect")));
        try {
            checkHead();
        } catch (HttpProblem | InvalidKeyException problem) {
            request.handler(this::discard);
            refuse(problem, expectsContinue);
            return;
        }
        request.handler(this::gather);
        request.endHandler(_ -> received());
        restartBodyTimer();
        if (expectsContinue) {
            response.writeContinue();
        }
    }

    private void begin() {
        connection.begin();
        response.endHandler(_ -> end());
        if (connection.isSurplus()) {
            closeConnectionAfterwards();
        }
    }

    /** The answer is complete, or nobody waits for it any more. A second time does nothing. */
    private void end() {
        if (over) {
            return;
        }
        over = true;
        stopBodyTimer();
        service.inFlight().leave(this);
        if (!handlerRuns) {
            releaseMemory();
        }
        connection.end();
        if (closesConnection) {
            // By hand: the library waits for the rest of a request that may never come.
            connection.close();
        }
    }

    private void closeConnectionAfterwards() {
        closesConnection = true;
        if (request.version() != HttpVersion.HTTP_2) {
            response.putHeader("connection", "close");
        }
    }

    /** Whether the request is to be answered, by what is known before its body. */
    private void checkHead() {
        checkHost();
        boolean open = isOptions() || service.router().isOpen(path());
        if (connection.isSurplus() && !open) {
            throw service.connections().tooMany();
        }
        if (!open) {
            Optional<String> authorization =
                    Optional.ofNullable(request.getHeader("authorization"));
            caller = service.security().access().identify(authorization);
        }
        if (declaredLength() > options.maxBodyBytes()) {
            throw HttpProblem.bodyTooLarge(options.maxBodyBytes());
        }
    }

    private void checkHost() {
        HostAndPort authority = request.authority();
        if (service.privateNamesOnly()
                && authority != null
                && !HostNames.isPrivate(authority.host())) {
            throw HttpProblem.foreignHost(authority.host());
        }
    }

    private boolean isOptions() {
        return request.method() == HttpMethod.OPTIONS;
    }

    private String path() {
        String path = request.path();
        return path == null ? "" : path;
    }

    /** Answers a request that could not be read. Event loop only. */
    void reject(HttpProblem problem) {
        begin();
        refuse(problem, true);
    }

    private long declaredLength() {
        String length = request.getHeader("content-length");
        try {
            return length == null ? 0 : Long.parseLong(length.strip());
        } catch (NumberFormatException unreadable) {
            return 0;
        }
    }

    private void gather(Buffer chunk) {
        if (refused) {
            discard(chunk);
            return;
        }
        if (body.size() + (long) chunk.length() > options.maxBodyBytes()) {
            refuse(HttpProblem.bodyTooLarge(options.maxBodyBytes()), false);
            return;
        }
        try {
            takeMemory(chunk.length());
        } catch (HttpProblem full) {
            refuse(full, false);
            return;
        }
        body.writeBytes(chunk.getBytes());
        restartBodyTimer();
    }

    private void takeMemory(long bytes) {
        service.bodyMemory().take(bytes);
        memoryTaken.addAndGet(bytes);
    }

    private void releaseMemory() {
        body = new ByteArrayOutputStream(0);
        service.bodyMemory().giveBack(memoryTaken.getAndSet(0));
    }

    private void discard(Buffer chunk) {
        // Closing at once could reset the connection before the client has read why.
        discardedBytes += chunk.length();
        if (discardedBytes > MAX_DISCARDED_BYTES) {
            request.connection().close();
        }
    }

    private void restartBodyTimer() {
        stopBodyTimer();
        long pause = options.bodyTimeout().toMillis();
        long left = MAX_BODY_PAUSES * pause - elapsedMillis();
        bodyTimer =
                service.vertx()
                        .setTimer(
                                Math.clamp(left, 1, pause),
                                _ ->
                                        refuse(
                                                HttpProblem.of(
                                                        HttpProblem.Kind.BODY_TIMEOUT,
                                                        "the request body did not arrive in time"),
                                                true));
    }

    private void stopBodyTimer() {
        service.vertx().cancelTimer(bodyTimer);
    }

    private void refuse(RuntimeException problem, boolean closeConnection) {
        if (refused || response.ended()) {
            return;
        }
        refused = true;
        stopBodyTimer();
        releaseMemory();
        LOGGER.log(Level.DEBUG, "{0} refused: {1}", id, problem.getMessage());
        // In HTTP/2 other requests use the connection too, and the rest of this one ends alone.
        if (closeConnection && request.version() != HttpVersion.HTTP_2) {
            closeConnectionAfterwards();
        }
        write(service.failures().toResponse(neutralRequest(new byte[0]), problem));
    }

    private void received() {
        stopBodyTimer();
        if (refused || over) {
            return;
        }
        HttpRequest complete = neutralRequest(body.toByteArray());
        body = new ByteArrayOutputStream(0);
        if (isOptions()) {
            write(ResponseHeaders.options());
            return;
        }
        if (!service.inFlight().enter(this)) {
            refuse(
                    HttpProblem.of(
                            HttpProblem.Kind.SHUTTING_DOWN,
                            "the server is draining: it finishes what runs and takes no new"
                                    + " requests"),
                    true);
            return;
        }
        handlerRuns = true;
        Thread.ofVirtual().name("request-" + id).start(() -> run(complete));
    }

    private HttpRequest neutralRequest(byte[] bytes) {
        Map<String, String> headers = new HashMap<>();
        request.headers()
                .forEach(
                        (name, value) -> headers.putIfAbsent(name.toLowerCase(Locale.ROOT), value));
        return new HttpRequest(
                id,
                request.method().name(),
                path(),
                headers,
                bytes,
                clientGone,
                stopped,
                scope,
                grant);
    }

    private void run(HttpRequest complete) {
        try {
            HttpResponse answer = answer(complete);
            switch (answer) {
                case HttpResponse.Whole whole -> {
                    // Before the client knows that it may send another.
                    grant.close();
                    eventLoop.runOnContext(_ -> write(whole));
                }
                case HttpResponse.Events events -> stream(complete, events);
            }
            log(complete, answer);
        } catch (ClientGoneException left) {
            LOGGER.log(Level.DEBUG, "{0} {1}", id, left.getMessage());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            grant.close();
            scope.end();
            service.bodyMemory().giveBack(memoryTaken.getAndSet(0));
            if (clientGone.isCancelled()) {
                service.inFlight().leave(this);
            }
        }
    }

    private HttpResponse answer(HttpRequest complete) throws InterruptedException {
        try {
            grant = caller.enter();
            HttpHandler handler = service.router().find(complete.method(), complete.path());
            return handler.handle(decoded(complete));
        } catch (ClientGoneException left) {
            throw left;
        } catch (RuntimeException | Error failure) {
            return service.failures().toResponse(complete, failure);
        }
    }

    private HttpRequest decoded(HttpRequest sent) {
        String encoding = sent.header("content-encoding").orElse("");
        byte[] plain =
                ContentEncoding.decode(
                        sent.body(), encoding, options.maxBodyBytes(), this::takeMemory);
        return new HttpRequest(
                sent.id(),
                sent.method(),
                sent.path(),
                sent.headers(),
                plain,
                sent.clientGone(),
                sent.stopped(),
                sent.scope(),
                grant);
    }

    private void stream(HttpRequest complete, HttpResponse.Events events)
            throws InterruptedException {
        SseWriter writer = new SseWriter(response, eventLoop, options.writeTimeout(), clientGone);
        Duration pingInterval = events.pingInterval().orElse(options.pingInterval());
        eventLoop.runOnContext(_ -> openStream(writer, pingInterval));
        try {
            events.source().writeTo(writer);
        } catch (ClientGoneException left) {
            throw left;
        } catch (RuntimeException | Error failure) {
            writer.send("error", service.failures().toEventData(complete, failure));
        } finally {
            grant.close();
            writer.end();
        }
    }

    private void openStream(SseWriter writer, Duration pingInterval) {
        if (response.closed()) {
            return;
        }
        putCommonHeaders();
        response.putHeader("content-type", "text/event-stream; charset=utf-8");
        response.putHeader("cache-control", "no-cache");
        // Tells nginx not to gather events.
        response.putHeader("x-accel-buffering", "no");
        if (request.version() == HttpVersion.HTTP_1_0) {
            // Some proxies speak it. It knows no chunks: the end of the line ends the stream.
            response.putHeader("connection", "close");
        } else {
            response.setChunked(true);
            // Sent now, not with the first event: clients give up on a silent line.
            response.writeHead();
        }
        if (pingInterval.isPositive()) {
            // Looking at half the interval bounds the silence by one and a half.
            long every = Math.max(1, pingInterval.toMillis() / 2);
            long timer = service.vertx().setPeriodic(every, _ -> writer.ping(pingInterval));
            clientGone.onCancel(() -> service.vertx().cancelTimer(timer));
            response.bodyEndHandler(_ -> service.vertx().cancelTimer(timer));
        }
    }

    private void write(HttpResponse.Whole whole) {
        if (response.closed() || response.ended()) {
            end();
            return;
        }
        putCommonHeaders();
        whole.headers().forEach(response::putHeader);
        response.setStatusCode(whole.status());
        if (request.method() == HttpMethod.HEAD) {
            response.putHeader("content-length", Integer.toString(whole.body().length));
        }
        response.end(Buffer.buffer(whole.body()));
    }

    private void putCommonHeaders() {
        ResponseHeaders.put(response, id, elapsedMillis());
        ResponseHeaders.putLimits(response, caller.limits());
        CrossOrigin.putHeaders(request, response, service.security().corsOrigins());
    }

    private void gone() {
        // Off the event loop: what listens may wait for a lock.
        Thread.ofVirtual().start(clientGone::cancel);
        end();
    }

    /** Asks for an end, when the time to finish is over. */
    void stop() {
        stopped.cancel();
    }

    /** Cuts the line, when not even that has helped. */
    void abort() {
        clientGone.cancel();
        eventLoop.runOnContext(_ -> request.connection().close());
    }

    private long elapsedMillis() {
        return (System.nanoTime() - startNanos) / 1_000_000;
    }

    private void log(HttpRequest complete, HttpResponse answer) {
        if (LOGGER.isLoggable(Level.DEBUG)) {
            int status = answer instanceof HttpResponse.Whole whole ? whole.status() : 200;
            LOGGER.log(
                    Level.DEBUG,
                    "{0} {1} {2} -> {3} in {4} ms (key: {5})",
                    complete.logName(),
                    complete.method(),
                    complete.path(),
                    status,
                    elapsedMillis(),
                    caller.name().isEmpty() ? "none" : caller.name());
        }
    }
}
