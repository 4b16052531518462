package dev.parlance.app.cli;

import dev.parlance.app.config.ConfigException;
import dev.parlance.app.model.EmbeddedModel;
import dev.parlance.engine.ModelDescription;
import dev.parlance.server.ParlanceServer;
import dev.parlance.server.ServerOptions;
import dev.parlance.server.access.KeyFileWatch;
import dev.parlance.server.access.Security;
import dev.parlance.server.catalog.CatalogOptions;
import dev.parlance.server.catalog.ModelCatalog;
import dev.parlance.server.catalog.ModelStatus;
import dev.parlance.server.catalog.ServedModel;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.InvalidPathException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;

/** Serves models over HTTP until it is told to stop. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        abbreviateSynopsis = true,
        versionProvider = Main.Version.class,
        description = {
            "Serves one or more models over OpenAI's API.",
            "Says where when it is ready. Ctrl-C or SIGTERM lets running requests finish."
        },
        footer = {
            "",
            "Examples:",
            "  parlance serve",
            "  parlance serve --model model.gguf",
            "  parlance serve --model model.gguf --name small --host 0.0.0.0 --api-keys-file"
                    + " keys.jsonl",
            "  parlance serve --model small=a.gguf --model large=b.gguf --model-memory 12GiB",
            "  parlance serve --config parlance.yaml --print-config"
        })
final class ServeCommand implements Callable<Integer> {
    /**
     * Room for the server to give up on requests that did not finish in time, and for the model to
     * save computed prompts.
     */
    private static final long EXIT_SECONDS = 20;

    private static final int MAX_SECONDS = 86_400;
    private static final int MAX_PING_SECONDS = 3600;
    private static final int MAX_CONNECTIONS = 1_000_000;

    private final Streams streams;
    private final Map<String, String> environment;

    @Spec private CommandSpec spec;
    @Mixin private ConfigOptions config;
    @Mixin private ServedModelOptions model;

    @Option(
            names = Configuration.MODEL,
            paramLabel = "[NAME=]FILE",
            description =
                    "GGUF file of a model, and its name for clients; may be given several times."
                            + " Default: "
                            + EmbeddedModel.WHAT
                            + ".")
    private List<String> models = List.of();

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
    @Between(min = 0, max = 65_535)
    private int port;

    @Option(
            names = "--model-memory",
            paramLabel = "SIZE",
            converter = ByteSizeConverter.class,
            description =
                    "Most memory for the weights of all models, such as 12GiB; models without"
                            + " requests make room for others. Default: no limit.")
    private @Nullable Long modelMemory;

    @Mixin private AccessOptions access;

    @Option(
            names = "--sse-ping",
            paramLabel = "SECONDS",
            defaultValue = "15",
            description =
                    "Silence on a stream after which a comment is sent, so that nobody on the way"
                            + " takes it for dead; 0 sends none. Default: ${DEFAULT-VALUE}.")
    @Between(min = 0, max = MAX_PING_SECONDS)
    private int pingSeconds;

    @Option(
            names = "--max-connections",
            paramLabel = "N",
            defaultValue = "4096",
            description =
                    "How many connections may be open, those that wait or stream included; who"
                            + " comes when there are as many gets a 503. Default:"
                            + " ${DEFAULT-VALUE}.")
    @Between(min = 1, max = MAX_CONNECTIONS)
    private int maxConnections;

    @Option(
            names = "--model-load-timeout",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description =
                    "How long a request waits for a model that is not in memory. Default:"
                            + " ${DEFAULT-VALUE}.")
    @Between(min = 0, max = MAX_SECONDS)
    private int modelLoadTimeoutSeconds;

    @Option(
            names = "--request-timeout",
            paramLabel = "SECONDS",
            defaultValue = "0",
            description =
                    "Most time for a request, waiting included; then it ends with an error. 0 is no"
                            + " limit. Default: ${DEFAULT-VALUE}.")
    @Between(min = 0, max = MAX_SECONDS)
    private int requestTimeoutSeconds;

    @Option(
            names = "--drain-timeout",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description =
                    "How long running requests may go on after Ctrl-C or SIGTERM; then they end"
                            + " with an error. Default: ${DEFAULT-VALUE}.")
    @Between(min = 0, max = MAX_SECONDS)
    private int drainTimeoutSeconds;

    @Option(
            names = "--rehearse",
            hidden = true,
            description = "Answer one request of its own on a free port, then end.")
    private boolean rehearse;

    @Mixin private RequestOptions requests;
    @Mixin private LogOptions logging;

    ServeCommand(Streams streams, Map<String, String> environment) {
        this.streams = streams;
        this.environment = environment;
    }

    @Override
    public Integer call() throws IOException {
        Configuration configuration;
        List<ServedModel> served;
        try {
            configuration = Configuration.complete(spec, config, environment);
            served =
                    new ServedModels(spec, configuration, model, Optional.ofNullable(name), streams)
                            .all();
            if (config.print()) {
                new ConfigListing(spec, configuration).lines().forEach(streams.out()::println);
                streams.flushOut();
                return 0;
            }
        } catch (ConfigException | InvalidPathException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
        requests.check(spec);
        logging.apply(streams.err(), LogOptions.LogLevel.INFO);
        Security security = rehearse ? Security.NONE : access.security(spec, host);
        try (KeyFileWatch _ = rehearse ? null : access.watchKeys(security.access())) {
            serve(served, security, configuration.models().isEmpty());
        }
        return 0;
    }

    /**
     * @param embedded whether it is the model inside the program
     */
    private void serve(List<ServedModel> served, Security security, boolean embedded)
            throws IOException {
        ServerOptions options =
                requests.applyTo(
                        ServerOptions.DEFAULT
                                .withAddress(
                                        rehearse
                                                ? InetAddress.getLoopbackAddress().getHostAddress()
                                                : host,
                                        rehearse ? 0 : port)
                                .withMaxConnections(maxConnections)
                                .withPingInterval(Duration.ofSeconds(pingSeconds))
                                .withTimeouts(
                                        Duration.ofSeconds(drainTimeoutSeconds),
                                        Duration.ofSeconds(requestTimeoutSeconds)));
        try (ModelCatalog catalog = catalog(served)) {
            // Both at once, for a quick start: the port answers, and /health too, while models
            // load.
            CompletableFuture<Void> preload = catalog.preload();
            try (ParlanceServer server = ParlanceServer.start(options, security, catalog)) {
                await(preload);
                announcement(catalog, server, security, embedded)
                        .lines()
                        .forEach(streams.out()::println);
                streams.flushOut();
                if (rehearse) {
                    new Rehearsal(server.port(), served.getFirst().id()).run();
                } else {
                    serveUntilStopped(server, catalog);
                }
            }
        }
    }

    private ModelCatalog catalog(List<ServedModel> served) {
        CatalogOptions options =
                new CatalogOptions(
                        acceptAnyModel,
                        modelMemory == null ? OptionalLong.empty() : OptionalLong.of(modelMemory),
                        Duration.ofSeconds(modelLoadTimeoutSeconds));
        try {
            return new ModelCatalog(served, options);
        } catch (IllegalArgumentException e) {
            throw new CommandException(String.valueOf(e.getMessage()));
        }
    }

    /**
     * Waits until the models are there that are loaded at the start.
     *
     * @throws IOException what loading one threw, as with every other exception of it
     */
    private static void await(CompletableFuture<Void> preload) throws IOException {
        try {
            preload.get();
        } catch (ExecutionException e) {
            throw rethrown(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException("stopped while the model was being loaded");
        }
    }

    private static IOException rethrown(@Nullable Throwable failure) {
        return switch (failure) {
            case IOException e -> e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case null, default ->
                    throw new IllegalStateException("loading a model failed", failure);
        };
    }

    private Announcement announcement(
            ModelCatalog catalog, ParlanceServer server, Security security, boolean embedded) {
        List<ModelStatus> all = catalog.models();
        return new Announcement(
                all.stream().map(ModelStatus::id).toList(),
                all.getFirst().description().map(ModelDescription::contextLength),
                host,
                server.port(),
                security.tls().isPresent(),
                !security.access().isOpen(),
                embedded);
    }

    /** Serves until a signal, or an interrupt of this thread, then lets requests finish. */
    private void serveUntilStopped(ParlanceServer server, ModelCatalog catalog) {
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
            // Before the process may end: what models have computed may be worth saving.
            catalog.close();
        }
    }
}
