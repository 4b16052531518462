import org.jspecify.annotations.NullMarked;

/** The HTTP server: OpenAI's dialect in front of an engine. */
@NullMarked
@SuppressWarnings("requires-automatic") // Bucket4j has a name, but no descriptor.
module dev.parlance.server {
    requires static org.jspecify;
    requires transitive dev.parlance.engine;
    requires io.github.bucket4j.core;
    requires io.vertx.core;

    exports dev.parlance.server;
    exports dev.parlance.server.access;
    exports dev.parlance.server.catalog;
}
