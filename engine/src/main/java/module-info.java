import org.jspecify.annotations.NullMarked;

/**
 * The inference engine: a GGUF file in, token events out.
 *
 * <p>Exports its text side only; how numbers are laid out and computed ({@code tensor}, {@code
 * kernel}, {@code model}, {@code kvcache}, {@code scheduler}) stays inside. Knows neither HTTP nor
 * any wire format.
 */
@NullMarked
module dev.parlance.engine {
    requires static org.jspecify;
    requires jdk.incubator.vector;
    requires jdk.management;
    requires tools.jackson.core;

    exports dev.parlance.engine;
    exports dev.parlance.engine.chat;
    exports dev.parlance.engine.chat.template;
    exports dev.parlance.engine.generation;
    exports dev.parlance.engine.gguf;
    exports dev.parlance.engine.json;
    exports dev.parlance.engine.sampling;
    exports dev.parlance.engine.tokenizer;
}
