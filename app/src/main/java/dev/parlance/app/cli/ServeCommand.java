package dev.parlance.app.cli;

import dev.parlance.engine.LoadedModel;
import dev.parlance.engine.generation.AdmissionLimits;
import dev.parlance.server.ParlanceServer;
import dev.parlance.server.ServerOptions;
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
            "  parlance serve --model model.gguf --name small --host 0.0.0.0 --port 8000"
        })
final class ServeCommand implements Callable<Integer> {
    /**
     * Room for the server to give up on requests that did not finish in time, and for the model to
     * save computed prompts.
     */
    private static final long EXIT_SECONDS = 20;

    private static final int DAY_SECONDS = 86_400;

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

    @Option(
            names = "--queue-requests",
            paramLabel = "N",
            defaultValue = "256",
            description =
                    "Most requests that wait; further ones are refused with 429. Default:"
                            + " ${DEFAULT-VALUE}.")
    private int queueRequests;

    @Option(
            names = "--queue-tokens",
            paramLabel = "N",
            defaultValue = "65536",
            description =
                    "Most tokens of all waiting prompts together; further requests are refused with"
                            + " 429. Default: ${DEFAULT-VALUE}.")
    private int queueTokens;

    @Option(
            names = "--request-timeout",
            paramLabel = "SECONDS",
            defaultValue = "0",
            description =
                    "Most time for a request, waiting included; then it ends with an error. 0 is no"
                            + " limit. Default: ${DEFAULT-VALUE}.")
    private int requestTimeoutSeconds;

    @Option(
            names = "--drain-timeout",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description =
                    "How long running requests may go on after Ctrl-C or SIGTERM; then they end"
                            + " with an error. Default: ${DEFAULT-VALUE}.")
    private int drainTimeoutSeconds;

    @Option(
            names = "--rehearse",
            hidden = true,
            description = "Answer one request of its own on a free port, then end.")
    private boolean rehearse;

    @Mixin private RequestOptions requests;
    @Mixin private LogOptions logging;

    ServeCommand(Streams streams) {
        this.streams = streams;
    }

    @Override
    public Integer call() throws IOException {
        Range.check(spec, "--port", port, 0, 65_535);
        Range.check(spec, "--parallel", parallel, 1, 1024);
        Range.check(spec, "--queue-requests", queueRequests, 1, Integer.MAX_VALUE);
        Range.check(spec, "--queue-tokens", queueTokens, 1, Integer.MAX_VALUE);
        Range.check(spec, "--request-timeout", requestTimeoutSeconds, 0, DAY_SECONDS);
        Range.check(spec, "--drain-timeout", drainTimeoutSeconds, 0, DAY_SECONDS);
        requests.check(spec);
        model.check(spec);
        logging.apply(streams.err(), LogOptions.LogLevel.INFO);
        ServerOptions options =
                requests.applyTo(
                        ServerOptions.DEFAULT
                                .withAddress(
                                        rehearse
                                                ? InetAddress.getLoopbackAddress().getHostAddress()
                                                : host,
                                        rehearse ? 0 : port)
                                .withTimeouts(
                                        Duration.ofSeconds(drainTimeoutSeconds),
                                        Duration.ofSeconds(requestTimeoutSeconds)));
        AdmissionLimits admission =
                AdmissionLimits.DEFAULT
                        .withWaitingRequests(queueRequests)
                        .withWaitingTokens(queueTokens);
        ModelCatalog catalog = new ModelCatalog(acceptAnyModel);
        // Both at once, for a quick start: the port answers, and /health too, while the model
        // loads.
        try (ModelLoad load = ModelLoad.start(() -> model.load(parallel, admission, streams));
                ParlanceServer server = ParlanceServer.start(options, catalog)) {
            LoadedModel loaded = load.await();
            String id = name == null ? model.modelName() : name;
            catalog.add(new LocalModel(id, Instant.now(), loaded));
            catalog.markReady();
            new Announcement(
                            id,
                            loaded.description().contextLength(),
                            host,
                            server.port(),
                            model.isEmbedded())
                    .lines()
                    .forEach(streams.out()::println);
            streams.flushOut();
            if (rehearse) {
                new Rehearsal(server.port(), id).run();
            } else {
                serveUntilStopped(server, loaded);
            }
        }
        return 0;
    }

    /** Serves until a signal, or an interrupt of this thread, then lets requests finish. */
    private void serveUntilStopped(ParlanceServer server, LoadedModel loaded) {
        CountDownLatch stopped = new CountDownLatch(1);
        try (Shutdown _ =
                Shutdown.onSignal(stopped::countDown, drainTimeoutSeconds + EXIT_SECONDS)) {
            try {
                stopped.await();
            } catch (InterruptedException interrupted) {
                // Whoever runs the command within a program stops it so.
            }
            streams.err().println("Stopping; running requests may finish.");
            server.close();
            // Before the process may end: what the model has computed may be worth saving.
            loaded.close();
        }
    }
}
