package dev.parlance.server;

import dev.parlance.engine.tokenizer.Detokenizer;
import dev.parlance.engine.tokenizer.FillInMiddle;
import dev.parlance.engine.tokenizer.PromptText;
import dev.parlance.engine.tokenizer.Tokenizer;
import dev.parlance.engine.tokenizer.Vocabulary;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** One token per byte, and two special tokens: {@code <s>} 256 (BOS) and {@code </s>} 257 (EOS). */
final class ByteTokenizer implements Tokenizer {
    static final int BOS = 256;
    static final int EOS = 257;

    private static final Vocabulary VOCABULARY = new Bytes();

    private static class Bytes implements Vocabulary {
        @Override
        public int size() {
            return 258;
        }

        @Override
        public String text(int tokenId) {
            return switch (tokenId) {
                case BOS -> "<s>";
                case EOS -> "</s>";
                default -> "0x%02x".formatted(tokenId);
            };
        }

        @Override
        public OptionalInt findId(String text) {
            for (int id = 0; id < size(); id++) {
                if (text(id).equals(text)) {
                    return OptionalInt.of(id);
                }
            }
            return OptionalInt.empty();
        }

        @Override
        public boolean isSpecial(int tokenId) {
            return tokenId >= BOS;
        }

        @Override
        public OptionalInt bos() {
            return OptionalInt.of(BOS);
        }

        @Override
        public OptionalInt eos() {
            return OptionalInt.of(EOS);
        }

        @Override
        public Set<Integer> endOfGeneration() {
            return Set.of(EOS);
        }
    }

    private final Vocabulary vocabulary;

    ByteTokenizer() {
        this(VOCABULARY);
    }

    private ByteTokenizer(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
    }

    /** One whose bytes 1, 2 and 3 are the marks for filling in the middle. */
    static ByteTokenizer fillingGaps() {
        return new ByteTokenizer(
                new Bytes() {
                    @Override
                    public Optional<FillInMiddle> fillInMiddle() {
                        return Optional.of(new FillInMiddle(1, 2, 3));
                    }
                });
    }

    /** The bytes of a text as tokens. */
    static int[] ids(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int[] ids = new int[bytes.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = Byte.toUnsignedInt(bytes[i]);
        }
        return ids;
    }

    @Override
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    @Override
    public int[] encode(PromptText text) {
        List<Integer> ids = new ArrayList<>();
        for (PromptText.Span span : text.spans()) {
            String rest = span.text();
            while (!rest.isEmpty()) {
                if (span.special() && rest.startsWith("<s>")) {
                    ids.add(BOS);
                    rest = rest.substring(3);
                } else if (span.special() && rest.startsWith("</s>")) {
                    ids.add(EOS);
                    rest = rest.substring(4);
                } else {
                    String character = rest.substring(0, rest.offsetByCodePoints(0, 1));
                    for (int id : ids(character)) {
                        ids.add(id);
                    }
                    rest = rest.substring(character.length());
                }
            }
        }
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public int[] encodeWithSpecialTokens(PromptText text) {
        int[] ids = encode(text);
        if (ids.length > 0 && ids[0] == BOS) {
            return ids;
        }
        int[] withBos = new int[ids.length + 1];
        withBos[0] = BOS;
        System.arraycopy(ids, 0, withBos, 1, ids.length);
        return withBos;
    }

    @Override
    public byte[] bytes(int tokenId) {
        return tokenId < BOS
                ? new byte[] {(byte) tokenId}
                : VOCABULARY.text(tokenId).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Detokenizer detokenizer(boolean withSpecialTokens) {
        return new Detokenizer() {
            private final ByteArrayOutputStream held = new ByteArrayOutputStream();

            @Override
            public String accept(int tokenId) {
                if (tokenId >= BOS) {
                    return finish() + (withSpecialTokens ? VOCABULARY.text(tokenId) : "");
                }
                held.write(tokenId);
                byte[] bytes = held.toByteArray();
                int lead = Byte.toUnsignedInt(bytes[0]);
                int needed = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
                return bytes.length < needed ? "" : finish();
            }

            @Override
            public String finish() {
                String text = held.toString(StandardCharsets.UTF_8);
                held.reset();
                return text;
            }
        };
    }

    @Override
    public String decode(int[] tokenIds, boolean withSpecialTokens) {
        Detokenizer detokenizer = detokenizer(withSpecialTokens);
        StringBuilder text = new StringBuilder();
        for (int id : tokenIds) {
            text.append(detokenizer.accept(id));
        }
        return text.append(detokenizer.finish()).toString();
    }
}
