package dev.parlance.app.cli;

import dev.parlance.engine.tokenizer.Detokenizer;
import dev.parlance.engine.tokenizer.PromptText;
import dev.parlance.engine.tokenizer.Tokenizer;
import dev.parlance.engine.tokenizer.Vocabulary;

import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.Set;

/** One token per ASCII letter, its id the letter's code; {@code ^} is BOS and {@code $} is EOS. */
final class LetterTokenizer implements Tokenizer {
    @Override
    public Vocabulary vocabulary() {
        return new Letters();
    }

    @Override
    public int[] encode(PromptText text) {
        return text.text().chars().toArray();
    }

    @Override
    public int[] encodeWithSpecialTokens(PromptText text) {
        return ("^" + text.text()).chars().toArray();
    }

    @Override
    public byte[] bytes(int tokenId) {
        return Character.toString(tokenId).getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public Detokenizer detokenizer(boolean withSpecialTokens) {
        return new Detokenizer() {
            @Override
            public String accept(int tokenId) {
                return tokenId == '$' && !withSpecialTokens ? "" : Character.toString(tokenId);
            }

            @Override
            public String finish() {
                return "";
            }
        };
    }

    @Override
    public String decode(int[] tokenIds, boolean withSpecialTokens) {
        return new String(tokenIds, 0, tokenIds.length);
    }

    private static final class Letters implements Vocabulary {
        @Override
        public int size() {
            return 128;
        }

        @Override
        public String text(int tokenId) {
            return Character.toString(tokenId);
        }

        @Override
        public OptionalInt findId(String text) {
            return text.length() == 1 ? OptionalInt.of(text.charAt(0)) : OptionalInt.empty();
        }

        @Override
        public boolean isSpecial(int tokenId) {
            return tokenId == '^' || tokenId == '$';
        }

        @Override
        public OptionalInt bos() {
            return OptionalInt.of('^');
        }

        @Override
        public OptionalInt eos() {
            return OptionalInt.of('$');
        }

        @Override
        public Set<Integer> endOfGeneration() {
            return Set.of((int) '$');
        }
    }
}
