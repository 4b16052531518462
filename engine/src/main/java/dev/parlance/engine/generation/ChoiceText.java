package dev.parlance.engine.generation;

import dev.parlance.engine.sampling.TokenLogprobs;
import dev.parlance.engine.tokenizer.Detokenizer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The text of one choice as it grows: tokens in, text that is certain out, with the tokens it
 * belongs to.
 *
 * <p>A token is given out once text beyond its beginning is given out, or at the end. So a token
 * given out stands before any stop sequence still to be found, and a token held back at the end
 * stands at the stop sequence or behind its beginning. Threads: one at a time.
 */
final class ChoiceText {
    private final int choice;
    private final Detokenizer detokenizer;
    private final StopSequenceMatcher matcher;
    private final Set<Integer> endTokens;
    private final ArrayDeque<HeldToken> held = new ArrayDeque<>();
    private int textLength;
    private int textCharacters;
    private int givenLength;

    private record HeldToken(int start, GeneratedToken token) {}

    ChoiceText(int choice, Detokenizer detokenizer, List<String> stops, Set<Integer> endTokens) {
        this.choice = choice;
        this.detokenizer = detokenizer;
        this.matcher = new StopSequenceMatcher(stops);
        this.endTokens = endTokens;
    }

    /** Takes a token; an end token adds no text. Not to be called once a stop has been met. */
    TextEvent.Delta accept(int tokenId, Optional<TokenLogprobs> logprobs) {
        held.add(new HeldToken(textLength, new GeneratedToken(tokenId, textCharacters, logprobs)));
        return give(endTokens.contains(tokenId) ? "" : match(detokenizer.accept(tokenId)));
    }

    /** What is left when no more tokens come; may still meet a stop sequence. */
    TextEvent.Delta finish() {
        String text = match(detokenizer.finish());
        TextEvent.Delta delta = give(text + matcher.finish());
        if (stopSequence().isPresent()) {
            return delta;
        }
        List<GeneratedToken> tokens = new ArrayList<>(delta.tokens());
        held.forEach(token -> tokens.add(token.token()));
        held.clear();
        return new TextEvent.Delta(choice, delta.text(), tokens);
    }

    /** The stop sequence that has been met; the choice is complete then. */
    Optional<String> stopSequence() {
        return matcher.found();
    }

    /** The tokens that a stop sequence cut off; to be asked for at the end. */
    List<Integer> cutTokenIds() {
        return held.stream().map(token -> token.token().id()).toList();
    }

    private String match(String piece) {
        textLength += piece.length();
        textCharacters += piece.codePointCount(0, piece.length());
        return matcher.accept(piece);
    }

    private TextEvent.Delta give(String text) {
        givenLength += text.length();
        List<GeneratedToken> tokens = new ArrayList<>();
        while (!held.isEmpty() && held.element().start() < givenLength) {
            tokens.add(held.remove().token());
        }
        return new TextEvent.Delta(choice, text, tokens);
    }
}
