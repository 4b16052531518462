package dev.parlance.server.http;

import dev.parlance.server.access.Security;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * A listening server: HTTP/1.1 in plain text, and over TLS HTTP/2 too.
 *
 * <p>An {@code Upgrade: h2c}, which Java's own client sends, is ignored and answered in HTTP/1.1. A
 * client that closes its half of the connection counts as gone.
 *
 * <p>Threads: safe.
 */
public final class HttpListener implements AutoCloseable {
    private static final Logger LOGGER = System.getLogger(HttpListener.class.getName());

    /** Paths hold model names at most. */
    private static final int MAX_REQUEST_LINE_BYTES = 16 << 10;

    private static final int MAX_HEADER_BYTES = 64 << 10;

    /** How long an answer may take once it has been asked to end. */
    private static final Duration STOP_TIME = Duration.ofSeconds(2);

    /**
     * After so many of the longest times without a read, a connection that sends nothing is cut,
     * whatever is still to be sent. The library has no other way: closing waits for the reader.
     */
    private static final int SILENT_WRITE_TIMEOUTS = 12;

    /** Sockets cost little beside inference, and one loop carried 1000 streams when measured. */
    private static final int EVENT_LOOPS = 1;

    private final Service service;
    private final HttpServer server;

    private HttpListener(Service service, HttpServer server) {
        this.service = service;
        this.server = server;
    }

    /**
     * Listens and serves.
     *
     * @param connections counts those of this listener alone
     * @throws IOException if the address cannot be bound or the files for TLS cannot be used; the
     *     message says which and what to do
     */
    public static HttpListener start(
            ListenerOptions options,
            Connections connections,
            Security security,
            Router router,
            FailureMapper failures)
            throws IOException {
        Vertx vertx =
                Vertx.vertx(
                        new VertxOptions()
                                .setEventLoopPoolSize(EVENT_LOOPS)
                                .setWorkerPoolSize(1)
                                .setInternalBlockingPoolSize(2)
                                .setFileSystemOptions(
                                        new FileSystemOptions()
                                                .setFileCachingEnabled(false)
                                                .setClassPathResolvingEnabled(false)));
        Service service =
                new Service(
                        vertx,
                        router,
                        failures,
                        options,
                        security,
                        connections,
                        new BodyMemory(options.bodyMemory()),
                        new InFlight());
        HttpServer server = vertx.createHttpServer(serverOptions(vertx, options, security));
        server.connectionHandler(connection -> connections.opened(vertx, options, connection));
        server.requestHandler(request -> new Exchange(service, request, newRequestId()).receive());
        server.invalidRequestHandler(request ->
                new Exchange(service, request, newRequestId())
                        .reject(
                                HttpProblem.of(
                                        HttpProblem.Kind.MALFORMED,
                                        "not an HTTP request, or its head is too large")));
        try {
            server.listen(options.port(), options.host())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            vertx.close();
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(
                    "cannot listen on "
                            + options.host()
                            + ":"
                            + options.port()
                            + ": "
                            + cause.getMessage()
                            + "; choose another host or port",
                    cause);
        }
        return new HttpListener(service, server);
    }

    private static HttpServerOptions serverOptions(
            Vertx vertx, ListenerOptions listener, Security security) throws IOException {
        long silentMillis = SILENT_WRITE_TIMEOUTS * listener.writeTimeout().toMillis();
        HttpServerOptions options =
                new HttpServerOptions()
                        .setHttp2ClearTextEnabled(false)
                        .setMaxInitialLineLength(MAX_REQUEST_LINE_BYTES)
                        .setMaxHeaderSize(MAX_HEADER_BYTES)
                        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                        .setWriteIdleTimeout(Math.toIntExact(silentMillis))
                        .setTcpKeepAlive(true);
        if (security.tls().isPresent()) {
            try {
                options.setKeyCertOptions(TlsIdentity.load(vertx, security.tls().get()));
            } catch (IOException unusable) {
                vertx.close();
                throw unusable;
            }
            options.setSsl(true).setUseAlpn(true);
        }
        return options;
    }

    private static String newRequestId() {
        return "req_" + UUID.randomUUID().toString().replace("-", "");
    }

    /** The port it listens on, also when the system chose it. */
    public int port() {
        return server.actualPort();
    }

    /** What the bodies of requests take now, in bytes. */
    long bodyBytes() {
        return service.bodyMemory().used();
    }

    /** Whether {@link #close()} has been called. */
    public boolean isShuttingDown() {
        return service.inFlight().isClosed();
    }

    /**
     * Finishes running requests, within the time its options grant, and refuses new ones with 503
     * meanwhile; then tells what is left to end, cuts what does not, and stops listening. Closing
     * twice is harmless.
     */
    @Override
    public void close() {
        service.inFlight().close();
        try {
            if (!service.inFlight().awaitNone(service.options().drainTimeout())) {
                LOGGER.log(
                        Level.WARNING,
                        "ending {0} requests that did not finish within {1}",
                        service.inFlight().all().size(),
                        service.options().drainTimeout());
                service.inFlight().all().forEach(Exchange::stop);
            }
            if (!service.inFlight().awaitNone(STOP_TIME)) {
                service.inFlight().all().forEach(Exchange::abort);
                service.inFlight().awaitNone(Duration.ofSeconds(1));
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            service.vertx().close().toCompletionStage().toCompletableFuture().join();
        }
    }
}
