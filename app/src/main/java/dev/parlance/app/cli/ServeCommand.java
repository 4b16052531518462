package dev.parlance.app.cli;

import dev.parlance.engine.LoadedModel;
import dev.parlance.server.ParlanceServer;
import dev.parlance.server.ServerOptions;
import dev.parlance.server.access.Security;
import dev.parlance.server.catalog.LocalModel;
import dev.parlance.server.catalog.ModelCatalog;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

/** Loads a model and serves it over HTTP until it is told to stop. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        abbreviateSynopsis = true,
        versionProvider = Main.Version.class,
        description = {
            "Serves a model over OpenAI's API.",
            "Says where when it is ready. Ctrl-C or SIGTERM lets running requests finish."
        },
        footer = {
            "",
            "Examples:",
            "  parlance serve",
            "  parlance serve --model model.gguf",
            "  parlance serve --model model.gguf --name small --host 0.0.0.0 --api-keys-file"
                    + " keys.jsonl"
        })
final class ServeCommand implements Callable<Integer> {
    /** Room for the server to give up on requests that did not finish in time. */
    private static final long EXIT_SECONDS = 5;

    private static final int MAX_GRACE_SECONDS = 86_400;
    private static final int MAX_PING_SECONDS = 3600;

    private final Streams streams;

    @Spec private CommandSpec spec;
    @Mixin private ModelOptions model;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description =
                    "Name of the model for clients. Default: its file name, without the ending.")
    private @Nullable String name;

    @Option(
            names = "--accept-any-model",
            description = "Serve requests that name another model with this one.")
    private boolean acceptAnyModel;

    @Option(
            names = "--host",
            paramLabel = "HOST",
            defaultValue = "127.0.0.1",
            description =
                    "Name or address to listen on; 0.0.0.0 is every network of this machine."
                            + " Default: ${DEFAULT-VALUE}.")
    private String host;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "8080",
            description = "Port to listen on; 0 is any free one. Default: ${DEFAULT-VALUE}.")
    private int port;

    @Option(
            names = "--parallel",
            paramLabel = "N",
            defaultValue = "4",
            description =
                    "Most sequences computed at a time; further requests wait. Default:"
                            + " ${DEFAULT-VALUE}.")
    private int parallel;

    @Mixin private AccessOptions access;

    @Option(
            names = "--sse-ping",
            paramLabel = "SECONDS",
            defaultValue = "15",
            description =
                    "Silence on a stream after which a comment is sent, so that nobody on the way"
                            + " takes it for dead; 0 sends none. Default: ${DEFAULT-VALUE}.")
    private int pingSeconds;

    @Option(
            names = "--shutdown-grace",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description =
                    "How long running requests may go on after Ctrl-C or SIGTERM. Default:"
                            + " ${DEFAULT-VALUE}.")
    private int shutdownGraceSeconds;

    @Option(
            names = "--rehearse",
            hidden = true,
            description = "Answer one request of its own on a free port, then end.")
    private boolean rehearse;

    @Mixin private LogOptions logging;

    ServeCommand(Streams streams) {
        this.streams = streams;
    }

    @Override
    public Integer call() throws IOException {
        Range.check(spec, "--port", port, 0, 65_535);
        Range.check(spec, "--shutdown-grace", shutdownGraceSeconds, 0, MAX_GRACE_SECONDS);
        Range.check(spec, "--sse-ping", pingSeconds, 0, MAX_PING_SECONDS);
        Range.check(spec, "--parallel", parallel, 1, 1024);
        model.check(spec);
        logging.apply(streams.err(), LogOptions.LogLevel.INFO);
        ServerOptions options =
                new ServerOptions(
                        rehearse ? InetAddress.getLoopbackAddress().getHostAddress() : host,
                        rehearse ? 0 : port,
                        ServerOptions.DEFAULT.maxBodyBytes(),
                        Duration.ofSeconds(pingSeconds),
                        Duration.ofSeconds(shutdownGraceSeconds));
        Security security = rehearse ? Security.NONE : access.security(spec, host, System.getenv());
        ModelCatalog catalog = new ModelCatalog(acceptAnyModel);
        // Both at once, for a quick start: the port answers, and /health too, while the model
        // loads.
        try (ModelLoad load = ModelLoad.start(() -> model.load(parallel, streams));
                ParlanceServer server = ParlanceServer.start(options, security, catalog)) {
            LoadedModel loaded = load.await();
            String id = name == null ? model.modelName() : name;
            catalog.add(new LocalModel(id, Instant.now(), loaded));
            catalog.markReady();
            new Announcement(
                            id,
                            loaded.description().contextLength(),
                            host,
                            server.port(),
                            security.tls().isPresent(),
                            !security.access().isOpen(),
                            model.isEmbedded())
                    .lines()
                    .forEach(streams.out()::println);
            streams.flushOut();
            if (rehearse) {
                new Rehearsal(server.port(), id).run();
            } else {
                serveUntilStopped(server);
            }
        }
        return 0;
    }

    /** Serves until a signal, or an interrupt of this thread, then lets requests finish. */
    private void serveUntilStopped(ParlanceServer server) {
        CountDownLatch stopped = new CountDownLatch(1);
        try (Shutdown _ =
                Shutdown.onSignal(stopped::countDown, shutdownGraceSeconds + EXIT_SECONDS)) {
            try {
                stopped.await();
            } catch (InterruptedException interrupted) {
                // Whoever runs the command within a program stops it so.
            }
            streams.err().println("Stopping; running requests may finish.");
            server.close();
        }
    }
}
