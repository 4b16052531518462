package dev.parlance.engine.tokenizer;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The tokens of a model: their texts, their kinds, and which of them mean something. Threads: safe.
 */
public interface Vocabulary {
    int size();

    /**
     * The token as the file writes it (byte-level or with the space mark), for people and for logs.
     */
    String text(int tokenId);

    /** The id of the token that the file writes so. */
    OptionalInt findId(String text);

    /** Whether this is a control token: a mark of structure that stands for no text. */
    boolean isSpecial(int tokenId);

    /** Beginning of text, where the model has one. */
    OptionalInt bos();

    /** End of text, where the model has one. */
    OptionalInt eos();

    /** Every token after which a model has said all: EOS, end of turn, end of message. */
    Set<Integer> endOfGeneration();

    /** The marks of gaps to be filled, where the model was trained to fill some. */
    default Optional<FillInMiddle> fillInMiddle() {
        return Optional.empty();
    }

    /** The text of the BOS token for chat templates; empty when there is none. */
    default Optional<String> bosText() {
        return bos().isPresent() ? Optional.of(text(bos().getAsInt())) : Optional.empty();
    }

    /** The text of the EOS token for chat templates; empty when there is none. */
    default Optional<String> eosText() {
        return eos().isPresent() ? Optional.of(text(eos().getAsInt())) : Optional.empty();
    }
}
