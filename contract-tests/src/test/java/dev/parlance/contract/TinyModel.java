package dev.parlance.contract;

import dev.parlance.engine.gguf.GgufWriter;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** A random llama model of two layers with a byte vocabulary, so that tests need no download. */
final class TinyModel {
    static final int CONTEXT_LENGTH = 256;

    private static final int EMBEDDING_LENGTH = 32;
    private static final int HEAD_COUNT = 4;
    private static final int KV_HEAD_COUNT = 2;
    private static final int HEAD_LENGTH = EMBEDDING_LENGTH / HEAD_COUNT;
    private static final int FEED_FORWARD_LENGTH = 64;
    private static final int LAYER_COUNT = 2;
    private static final List<String> SPECIAL = List.of("<|im_start|>", "<|im_end|>");
    private static final int NORMAL = 1;
    private static final int CONTROL = 3;

    private static final String TEMPLATE =
            """
            {%- for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] + '<|im_end|>\\n' }}{%- endfor %}\
            {%- if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{%- endif %}\
            """;

    private TinyModel() {}

    static Path write(Path path) throws IOException {
        Random random = new Random(7);
        List<String> tokens = byteTokens();
        List<Integer> types = new ArrayList<>(Collections.nCopies(tokens.size(), NORMAL));
        tokens.addAll(SPECIAL);
        types.addAll(Collections.nCopies(SPECIAL.size(), CONTROL));

        GgufWriter writer =
                new GgufWriter()
                        .text("general.architecture", "llama")
                        .text("general.name", "tiny")
                        .integer("llama.context_length", CONTEXT_LENGTH)
                        .integer("llama.embedding_length", EMBEDDING_LENGTH)
                        .integer("llama.block_count", LAYER_COUNT)
                        .integer("llama.feed_forward_length", FEED_FORWARD_LENGTH)
                        .integer("llama.attention.head_count", HEAD_COUNT)
                        .integer("llama.attention.head_count_kv", KV_HEAD_COUNT)
                        .integer("llama.vocab_size", tokens.size())
                        .real("llama.attention.layer_norm_rms_epsilon", 1e-5)
                        .real("llama.rope.freq_base", 10_000)
                        .text("tokenizer.ggml.model", "gpt2")
                        .text("tokenizer.ggml.pre", "gpt-2")
                        .texts("tokenizer.ggml.tokens", tokens)
                        .integers(
                                "tokenizer.ggml.token_type",
                                types.stream().mapToInt(Integer::intValue).toArray())
                        .texts("tokenizer.ggml.merges", List.of())
                        .integer("tokenizer.ggml.eos_token_id", tokens.indexOf("<|im_end|>"))
                        .flag("tokenizer.ggml.add_bos_token", false)
                        .text("tokenizer.chat_template", TEMPLATE);
        matrix(writer, random, "token_embd.weight", tokens.size(), EMBEDDING_LENGTH);
        for (int layer = 0; layer < LAYER_COUNT; layer++) {
            String prefix = "blk." + layer + ".";
            ones(writer, prefix + "attn_norm.weight");
            matrix(writer, random, prefix + "attn_q.weight", EMBEDDING_LENGTH, EMBEDDING_LENGTH);
            matrix(
                    writer,
                    random,
                    prefix + "attn_k.weight",
                    KV_HEAD_COUNT * HEAD_LENGTH,
                    EMBEDDING_LENGTH);
            matrix(
                    writer,
                    random,
                    prefix + "attn_v.weight",
                    KV_HEAD_COUNT * HEAD_LENGTH,
                    EMBEDDING_LENGTH);
            matrix(
                    writer,
                    random,
                    prefix + "attn_output.weight",
                    EMBEDDING_LENGTH,
                    EMBEDDING_LENGTH);
            ones(writer, prefix + "ffn_norm.weight");
            matrix(
                    writer,
                    random,
                    prefix + "ffn_gate.weight",
                    FEED_FORWARD_LENGTH,
                    EMBEDDING_LENGTH);
            matrix(writer, random, prefix + "ffn_up.weight", FEED_FORWARD_LENGTH, EMBEDDING_LENGTH);
            matrix(
                    writer,
                    random,
                    prefix + "ffn_down.weight",
                    EMBEDDING_LENGTH,
                    FEED_FORWARD_LENGTH);
        }
        ones(writer, "output_norm.weight");
        return writer.write(path);
    }

    /**
     * The 256 byte tokens in GPT-2's printable alphabet: printable Latin-1 as it is, the others
     * from U+0100 on.
     */
    private static List<String> byteTokens() {
        List<String> tokens = new ArrayList<>();
        int next = 256;
        for (int b = 0; b < 256; b++) {
            boolean printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
            tokens.add(String.valueOf((char) (printable ? b : next++)));
        }
        return tokens;
    }

    private static void matrix(GgufWriter writer, Random random, String name, int rows, int cols) {
        float[] values = new float[rows * cols];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian() * 0.3f;
        }
        writer.tensor(name, values, cols, rows);
    }

    private static void ones(GgufWriter writer, String name) {
        float[] values = new float[EMBEDDING_LENGTH];
        Arrays.fill(values, 1);
        writer.tensor(name, values, EMBEDDING_LENGTH);
    }
}
