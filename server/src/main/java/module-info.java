import org.jspecify.annotations.NullMarked;

/** The HTTP server: OpenAI's dialect in front of an engine. */
@NullMarked
module dev.parlance.server {
    requires static org.jspecify;
    requires transitive dev.parlance.engine;
    requires io.vertx.core;

    exports dev.parlance.server;
    exports dev.parlance.server.catalog;
}
