package dev.parlance.engine.tokenizer;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Text on its way to the model, in spans that say where special tokens may be written.
 *
 * <p>A chat template writes {@code <|im_start|>} and means the token; a user who writes the same
 * characters must get just characters, or could forge a turn. The borders of spans matter for
 * special tokens only: ordinary text is tokenised as if it were one piece.
 */
public record PromptText(List<Span> spans) {
    /** A piece of text; {@code special} says whether special tokens in it are parsed. */
    public record Span(String text, boolean special) {}

    public PromptText {
        spans = List.copyOf(spans);
    }

    /** Text in which nothing is special: what a user wrote. */
    public static PromptText plain(String text) {
        return new PromptText(List.of(new Span(text, false)));
    }

    /** Text in which special tokens are parsed: what the program or its operator wrote. */
    public static PromptText withSpecialTokens(String text) {
        return new PromptText(List.of(new Span(text, true)));
    }

    /** The characters of all spans. */
    public String text() {
        return spans.stream().map(Span::text).collect(Collectors.joining());
    }
}
