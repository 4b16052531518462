package dev.parlance.engine.generation;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.parlance.engine.tokenizer.Detokenizer;
import dev.parlance.engine.tokenizer.PromptText;
import dev.parlance.engine.tokenizer.Tokenizer;
import dev.parlance.engine.tokenizer.Vocabulary;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;

/** Token ids that stand for given bytes; the last id is special and has no text of its own. */
final class PieceTokenizer implements Tokenizer {
    private final List<byte[]> pieces;

    PieceTokenizer(List<byte[]> pieces) {
        this.pieces = List.copyOf(pieces);
    }

    static PieceTokenizer of(String... pieces) {
        return new PieceTokenizer(
                Arrays.stream(pieces).map(piece -> piece.getBytes(UTF_8)).toList());
    }

    int special() {
        return pieces.size();
    }

    @Override
    public Detokenizer detokenizer(boolean withSpecialTokens) {
        return new Detokenizer() {
            private final ByteArrayOutputStream open = new ByteArrayOutputStream();

            @Override
            public String accept(int tokenId) {
                if (tokenId == special()) {
                    return withSpecialTokens ? "<special>" : "";
                }
                open.writeBytes(pieces.get(tokenId));
                byte[] bytes = open.toByteArray();
                int whole = bytes.length - unfinished(bytes);
                open.reset();
                open.write(bytes, whole, bytes.length - whole);
                return new String(bytes, 0, whole, UTF_8);
            }

            @Override
            public String finish() {
                String rest = open.size() == 0 ? "" : "\uFFFD";
                open.reset();
                return rest;
            }
        };
    }

    /** How many bytes at the end belong to a character that goes on. */
    private static int unfinished(byte[] bytes) {
        for (int back = 1; back <= Math.min(3, bytes.length); back++) {
            int lead = bytes[bytes.length - back] & 0xFF;
            if (lead >= 0xC0) {
                int length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
                return length > back ? back : 0;
            }
        }
        return 0;
    }

    @Override
    public byte[] bytes(int tokenId) {
        return pieces.get(tokenId);
    }

    @Override
    public Vocabulary vocabulary() {
        throw new UnsupportedOperationException();
    }

    @Override
    public int[] encode(PromptText text) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int[] encodeWithSpecialTokens(PromptText text) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String decode(int[] tokenIds, boolean withSpecialTokens) {
        Detokenizer detokenizer = detokenizer(withSpecialTokens);
        StringBuilder text = new StringBuilder();
        Arrays.stream(tokenIds).forEach(id -> text.append(detokenizer.accept(id)));
        return text + detokenizer.finish();
    }
}
