package dev.parlance.app.bench;

import java.util.ArrayList;
import java.util.List;

/** One kind of work whose speed is measured. Units: tokens. */
public sealed interface Workload {
    /** A prompt of that many tokens, computed for the one token after it. */
    record Prefill(int tokens) implements Workload {
        public Prefill {
            require("prompt", tokens, 1);
        }

        @Override
        public String toString() {
            return "pp" + tokens;
        }
    }

    /**
     * Tokens generated one by one, by several streams together.
     *
     * @param tokens of each stream
     * @param depth tokens that are in the context before
     * @param streams how many generate at a time
     */
    record Decode(int tokens, int depth, int streams) implements Workload {
        public Decode {
            require("generated tokens", tokens, 1);
            require("depth", depth, 0);
            require("streams", streams, 1);
        }

        /** The prompt before the first generated token: a model needs one token at least. */
        int promptTokens() {
            return Math.max(depth, 1);
        }

        /**
         * Streams do not all begin in the same step; those that do early go on until the last one
         * has its tokens.
         */
        int tokensToAskFor() {
            return 1 + tokens + streams;
        }

        @Override
        public String toString() {
            return "tg"
                    + tokens
                    + (depth > 0 ? " @ d" + depth : "")
                    + (streams > 1 ? " x" + streams : "");
        }
    }

    private static void require(String what, int value, int min) {
        if (value < min) {
            throw new IllegalArgumentException(what + " must be " + min + " or more, got " + value);
        }
    }

    /**
     * Every prompt length, then every combination of the others; a length of 0 is left out.
     *
     * @throws IllegalArgumentException if a number is too small
     */
    static List<Workload> all(
            List<Integer> prompts,
            List<Integer> generated,
            List<Integer> depths,
            List<Integer> streams) {
        List<Workload> all = new ArrayList<>();
        prompts.stream().filter(tokens -> tokens != 0).map(Prefill::new).forEach(all::add);
        for (int tokens : generated) {
            for (int depth : depths) {
                for (int count : streams) {
                    if (tokens != 0) {
                        all.add(new Decode(tokens, depth, count));
                    }
                }
            }
        }
        return all;
    }

    /** The context it needs. */
    default int contextLength() {
        return switch (this) {
            case Prefill prefill -> prefill.tokens() + 1;
            case Decode decode -> decode.promptTokens() + decode.tokensToAskFor();
        };
    }

    /** The sequences it has at a time. */
    default int sequences() {
        return switch (this) {
            case Prefill _ -> 1;
            case Decode decode -> decode.streams();
        };
    }
}
