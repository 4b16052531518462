package dev.parlance.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

class Utf8DetokenizerTest {
    private static final List<String> NAMES = OracleVocabularies.LLAMA_CPP_NAMES;

    /** Bytes where decoders go wrong: first bytes, bounds of second bytes, bytes never used. */
    private static final int[] HARD_BYTES = {
        'a', ' ', 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1,
        0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF
    };

    @Test
    void aCharacterComesWhenItIsWhole() {
        byte[] face = "\ud83d\ude00".getBytes(StandardCharsets.UTF_8);
        Utf8Detokenizer detokenizer = new Utf8Detokenizer(id -> new byte[] {face[id]});
        assertThat(detokenizer.accept(0)).isEmpty();
        assertThat(detokenizer.accept(1)).isEmpty();
        assertThat(detokenizer.accept(2)).isEmpty();
        assertThat(detokenizer.accept(3)).isEqualTo("\ud83d\ude00");
        assertThat(detokenizer.finish()).isEmpty();
    }

    @Test
    void anUnfinishedCharacterBecomesOneReplacementAtTheEnd() {
        byte[] face = "\ud83d\ude00".getBytes(StandardCharsets.UTF_8);
        Utf8Detokenizer detokenizer = new Utf8Detokenizer(id -> new byte[] {face[id]});
        detokenizer.accept(0);
        detokenizer.accept(1);
        assertThat(detokenizer.finish()).isEqualTo("\uFFFD");
        assertThat(detokenizer.finish()).isEmpty();
    }

    @Test
    void piecesAreWhatDecodingAllBytesGives() {
        Random random = new Random(11);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = new byte[1 + random.nextInt(12)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) HARD_BYTES[random.nextInt(HARD_BYTES.length)];
            }
            StringBuilder text = new StringBuilder();
            int[] position = {0};
            Utf8Detokenizer detokenizer =
                    new Utf8Detokenizer(
                            length -> Arrays.copyOfRange(bytes, position[0], position[0] + length));
            while (position[0] < bytes.length) {
                int length = Math.min(random.nextInt(4), bytes.length - position[0]);
                String piece = detokenizer.accept(length);
                assertThat(piece).doesNotMatch("(?s).*[\ud800-\udbff]");
                text.append(piece);
                position[0] += length;
            }
            text.append(detokenizer.finish());
            assertThat(text.toString())
                    .as("%s", Arrays.toString(bytes))
                    .isEqualTo(new String(bytes, StandardCharsets.UTF_8));
        }
    }

    @ParameterizedTest
    @FieldSource("NAMES")
    void piecesOfRandomTokensOfRealVocabulariesJoinToTheWhole(String name) throws IOException {
        Tokenizer tokenizer = OracleVocabularies.llamaCpp(name);
        Random random = new Random(3);
        for (boolean withSpecialTokens : new boolean[] {false, true}) {
            for (int round = 0; round < 200; round++) {
                Detokenizer detokenizer = tokenizer.detokenizer(withSpecialTokens);
                StringBuilder text = new StringBuilder();
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                for (int i = 0; i < 40; i++) {
                    int id = random.nextInt(tokenizer.vocabulary().size());
                    boolean isHidden =
                            ((GgufVocabulary) tokenizer.vocabulary()).kind(id).isHidden();
                    if (withSpecialTokens || !isHidden) {
                        bytes.writeBytes(tokenizer.bytes(id));
                    }
                    text.append(detokenizer.accept(id));
                }
                text.append(detokenizer.finish());
                assertThat(text.toString()).isEqualTo(bytes.toString(StandardCharsets.UTF_8));
            }
        }
    }
}
