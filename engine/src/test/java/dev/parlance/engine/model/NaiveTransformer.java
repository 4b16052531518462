package dev.parlance.engine.model;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A second, slow transformer to test against: double arithmetic, whole sequences, no cache, no
 * batches. It does what the tensors of a {@link TinyModel} and explicit settings say and knows no
 * families.
 */
final class NaiveTransformer {
    /**
     * Settings spelled out by a test.
     *
     * @param frequencies per layer, radians per position of each rotated pair; none for no rotation
     * @param adjacentPairs pairs are neighbours, otherwise a dimension of the first half and one of
     *     the second
     * @param windows per layer; 0 for all positions
     * @param gelu the activation, otherwise SiLU
     */
    record Settings(
            double[][] frequencies,
            boolean adjacentPairs,
            double ropeMagnitude,
            int[] windows,
            double embeddingScale,
            double residualScale,
            double attentionScale,
            double logitDivisor,
            double attentionSoftcap,
            double logitSoftcap,
            boolean gelu,
            int expertsUsed,
            boolean normsExperts,
            double temperatureScale,
            int temperatureLength) {

        /** Full attention, no scales, SiLU, the same frequencies in each layer. */
        static Settings plain(TinyModel.Shape shape, boolean adjacentPairs, double[] frequencies) {
            double[][] all = new double[shape.layers()][];
            Arrays.fill(all, frequencies);
            return new Settings(
                    all,
                    adjacentPairs,
                    1,
                    new int[shape.layers()],
                    1,
                    1,
                    1 / Math.sqrt(shape.headLength()),
                    1,
                    0,
                    0,
                    false,
                    0,
                    true,
                    0,
                    1);
        }

        Settings withFrequencies(double[][] frequencies, double ropeMagnitude) {
            return new Settings(
                    frequencies,
                    adjacentPairs,
                    ropeMagnitude,
                    windows,
                    embeddingScale,
                    residualScale,
                    attentionScale,
                    logitDivisor,
                    attentionSoftcap,
                    logitSoftcap,
                    gelu,
                    expertsUsed,
                    normsExperts,
                    temperatureScale,
                    temperatureLength);
        }

        Settings withWindows(int... windows) {
            return new Settings(
                    frequencies,
                    adjacentPairs,
                    ropeMagnitude,
                    windows,
                    embeddingScale,
                    residualScale,
                    attentionScale,
                    logitDivisor,
                    attentionSoftcap,
                    logitSoftcap,
                    gelu,
                    expertsUsed,
                    normsExperts,
                    temperatureScale,
                    temperatureLength);
        }

        Settings withScales(
                double embeddingScale,
                double residualScale,
                double attentionScale,
                double logitDivisor) {
            return new Settings(
                    frequencies,
                    adjacentPairs,
                    ropeMagnitude,
                    windows,
                    embeddingScale,
                    residualScale,
                    attentionScale,
                    logitDivisor,
                    attentionSoftcap,
                    logitSoftcap,
                    gelu,
                    expertsUsed,
                    normsExperts,
                    temperatureScale,
                    temperatureLength);
        }

        Settings withSoftcaps(double attentionSoftcap, double logitSoftcap) {
            return new Settings(
                    frequencies,
                    adjacentPairs,
                    ropeMagnitude,
                    windows,
                    embeddingScale,
                    residualScale,
                    attentionScale,
                    logitDivisor,
                    attentionSoftcap,
                    logitSoftcap,
                    gelu,
                    expertsUsed,
                    normsExperts,
                    temperatureScale,
                    temperatureLength);
        }

        Settings withGelu() {
            return new Settings(
                    frequencies,
                    adjacentPairs,
                    ropeMagnitude,
                    windows,
                    embeddingScale,
                    residualScale,
                    attentionScale,
                    logitDivisor,
                    attentionSoftcap,
                    logitSoftcap,
                    true,
                    expertsUsed,
                    normsExperts,
                    temperatureScale,
                    temperatureLength);
        }

        Settings withTemperature(double temperatureScale, int temperatureLength) {
            return new Settings(
                    frequencies,
                    adjacentPairs,
                    ropeMagnitude,
                    windows,
                    embeddingScale,
                    residualScale,
                    attentionScale,
                    logitDivisor,
                    attentionSoftcap,
                    logitSoftcap,
                    gelu,
                    expertsUsed,
                    normsExperts,
                    temperatureScale,
                    temperatureLength);
        }

        Settings withExperts(int expertsUsed, boolean normsExperts) {
            return new Settings(
                    frequencies,
                    adjacentPairs,
                    ropeMagnitude,
                    windows,
                    embeddingScale,
                    residualScale,
                    attentionScale,
                    logitDivisor,
                    attentionSoftcap,
                    logitSoftcap,
                    gelu,
                    expertsUsed,
                    normsExperts,
                    temperatureScale,
                    temperatureLength);
        }
    }

    /** {@code base^(-2i / dimensions)}. */
    static double[] frequencies(double base, int dimensions) {
        return IntStream.range(0, dimensions / 2)
                .mapToDouble(i -> Math.pow(base, -2.0 * i / dimensions))
                .toArray();
    }

    private final TinyModel model;
    private final TinyModel.Shape shape;
    private final Settings settings;

    NaiveTransformer(TinyModel model, Settings settings) {
        this.model = model;
        this.shape = model.shape();
        this.settings = settings;
    }

    double[][] logits(int... tokens) {
        double[][] x = new double[tokens.length][shape.width()];
        for (int t = 0; t < tokens.length; t++) {
            for (int i = 0; i < shape.width(); i++) {
                int at = tokens[t] * shape.width() + i;
                x[t][i] = model.values("token_embd.weight")[at] * settings.embeddingScale();
                if (model.has("position_embd.weight")) {
                    x[t][i] += model.values("position_embd.weight")[t * shape.width() + i];
                }
            }
        }
        for (int layer = 0; layer < shape.layers(); layer++) {
            String name = "blk." + layer + ".";
            add(
                    x,
                    norms(
                            name + "post_attention_norm",
                            attention(layer, norms(name + "attn_norm", x))));
            add(x, norms(name + "post_ffw_norm", feedForward(name, norms(name + "ffn_norm", x))));
        }
        boolean untied = model.has("output.weight");
        double[][] logits = new double[tokens.length][];
        for (int t = 0; t < tokens.length; t++) {
            double[] hidden = norm("output_norm", x[t]);
            logits[t] = linear(untied ? "output" : "token_embd", hidden, shape.vocabulary());
            for (int i = 0; i < logits[t].length; i++) {
                logits[t][i] =
                        capped(logits[t][i] / settings.logitDivisor(), settings.logitSoftcap());
            }
        }
        return logits;
    }

    private void add(double[][] x, double[][] y) {
        for (int t = 0; t < x.length; t++) {
            for (int i = 0; i < x[t].length; i++) {
                x[t][i] += settings.residualScale() * y[t][i];
            }
        }
    }

    private double[][] attention(int layer, double[][] x) {
        String name = "blk." + layer + ".";
        int count = x.length;
        double[][] q = new double[count][];
        double[][] k = new double[count][];
        double[][] v = new double[count][];
        for (int t = 0; t < count; t++) {
            q[t] = norm(name + "attn_q_norm", part(name, "attn_q", x[t], 0, shape.query()));
            k[t] =
                    norm(
                            name + "attn_k_norm",
                            part(name, "attn_k", x[t], shape.query(), shape.key()));
            v[t] = part(name, "attn_v", x[t], shape.query() + shape.key(), shape.key());
            rotate(q[t], t, settings.frequencies()[layer]);
            rotate(k[t], t, settings.frequencies()[layer]);
        }
        double[][] out = new double[count][];
        int window = settings.windows()[layer];
        for (int t = 0; t < count; t++) {
            double[] heads = new double[shape.query()];
            for (int h = 0; h < shape.heads(); h++) {
                int from = window == 0 ? 0 : Math.max(0, t - window + 1);
                int kv = h * shape.kvHeads() / shape.heads() * shape.headLength();
                int at = h * shape.headLength();
                double[] weights = new double[t + 1];
                double sum = 0;
                for (int s = from; s <= t; s++) {
                    double growth =
                            1
                                    + settings.temperatureScale()
                                            * Math.log(1 + t / settings.temperatureLength());
                    double score = 0;
                    for (int i = 0; i < shape.headLength(); i++) {
                        score += q[t][at + i] * k[s][kv + i];
                    }
                    score =
                            capped(
                                    score * growth * settings.attentionScale(),
                                    settings.attentionSoftcap());
                    weights[s] = Math.exp(score);
                    sum += weights[s];
                }
                for (int s = from; s <= t; s++) {
                    for (int i = 0; i < shape.headLength(); i++) {
                        heads[at + i] += weights[s] / sum * v[s][kv + i];
                    }
                }
            }
            out[t] = linear(name + "attn_output", heads, shape.width());
        }
        return out;
    }

    private double[] part(String layer, String name, double[] x, int fusedRow, int rows) {
        return model.has(layer + "attn_qkv.weight")
                ? Arrays.copyOfRange(
                        linear(layer + "attn_qkv", x, shape.query() + 2 * shape.key()),
                        fusedRow,
                        fusedRow + rows)
                : linear(layer + name, x, rows);
    }

    private void rotate(double[] x, int position, double[] frequencies) {
        int pairs = frequencies.length;
        for (int head = 0; head < x.length; head += shape.headLength()) {
            for (int i = 0; i < pairs; i++) {
                int a = head + (settings.adjacentPairs() ? 2 * i : i);
                int b = settings.adjacentPairs() ? a + 1 : a + pairs;
                double cos = Math.cos(position * frequencies[i]) * settings.ropeMagnitude();
                double sin = Math.sin(position * frequencies[i]) * settings.ropeMagnitude();
                double first = x[a] * cos - x[b] * sin;
                x[b] = x[a] * sin + x[b] * cos;
                x[a] = first;
            }
        }
    }

    private double[][] feedForward(String name, double[][] x) {
        double[][] out = new double[x.length][];
        for (int t = 0; t < x.length; t++) {
            out[t] =
                    model.has(name + "ffn_gate_inp.weight")
                            ? mixture(name, x[t])
                            : dense(name, x[t]);
        }
        return out;
    }

    private double[] dense(String name, double[] x) {
        int length = shape.feedForward();
        double[] inner;
        if (model.has(name + "ffn_gate.weight")) {
            inner = gated(linear(name + "ffn_gate", x, length), linear(name + "ffn_up", x, length));
        } else if (model.values(name + "ffn_up.weight").length == 2 * length * shape.width()) {
            double[] both = linear(name + "ffn_up", x, 2 * length);
            inner =
                    gated(
                            Arrays.copyOfRange(both, 0, length),
                            Arrays.copyOfRange(both, length, 2 * length));
        } else {
            inner = Arrays.stream(linear(name + "ffn_up", x, length)).map(this::activate).toArray();
        }
        return linear(name + "ffn_down", inner, shape.width());
    }

    private double[] gated(double[] gate, double[] up) {
        return IntStream.range(0, up.length).mapToDouble(i -> activate(gate[i]) * up[i]).toArray();
    }

    private double activate(double x) {
        return settings.gelu()
                ? 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)))
                : x / (1 + Math.exp(-x));
    }

    private double[] mixture(String name, double[] x) {
        int count = model.values(name + "ffn_gate_inp.weight").length / shape.width();
        double[] shares = linear(name + "ffn_gate_inp", x, count);
        double sum = Arrays.stream(shares).map(Math::exp).sum();
        shares = Arrays.stream(shares).map(score -> Math.exp(score) / sum).toArray();
        double least = Arrays.stream(shares).sorted().toArray()[count - settings.expertsUsed()];
        double used = Arrays.stream(shares).filter(share -> share >= least).sum();
        double[] out = new double[shape.width()];
        for (int e = 0; e < count; e++) {
            if (shares[e] >= least) {
                double share = settings.normsExperts() ? shares[e] / used : shares[e];
                double[] inner =
                        gated(
                                expert(name + "ffn_gate", e, count, x),
                                expert(name + "ffn_up", e, count, x));
                double[] result = expert(name + "ffn_down", e, count, inner);
                for (int i = 0; i < out.length; i++) {
                    out[i] += share * result[i];
                }
            }
        }
        return out;
    }

    private double[] expert(String name, int expert, int count, double[] x) {
        if (model.has(name + "." + expert + ".weight")) {
            float[] weights = model.values(name + "." + expert + ".weight");
            return product(weights, 0, x, weights.length / x.length);
        }
        float[] all = model.values(name + "_exps.weight");
        int each = all.length / count;
        return product(all, expert * each, x, each / x.length);
    }

    private double[] linear(String name, double[] x, int rows) {
        double[] out = product(model.values(name + ".weight"), 0, x, rows);
        if (model.has(name + ".bias")) {
            for (int i = 0; i < rows; i++) {
                out[i] += model.values(name + ".bias")[i];
            }
        }
        return out;
    }

    private static double[] product(float[] weights, int offset, double[] x, int rows) {
        double[] out = new double[rows];
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < x.length; i++) {
                out[row] += weights[offset + row * x.length + i] * x[i];
            }
        }
        return out;
    }

    private double[][] norms(String name, double[][] x) {
        return Arrays.stream(x).map(row -> norm(name, row)).toArray(double[][]::new);
    }

    /** The norm of that name, if the model has it; a short one is used for each head. */
    private double[] norm(String name, double[] x) {
        if (!model.has(name + ".weight")) {
            return x;
        }
        float[] weight = model.values(name + ".weight");
        boolean centred = model.has(name + ".bias");
        double[] out = new double[x.length];
        for (int at = 0; at < x.length; at += weight.length) {
            double mean = 0;
            for (int i = 0; i < weight.length && centred; i++) {
                mean += x[at + i] / weight.length;
            }
            double square = 0;
            for (int i = 0; i < weight.length; i++) {
                square += (x[at + i] - mean) * (x[at + i] - mean) / weight.length;
            }
            for (int i = 0; i < weight.length; i++) {
                double value = (x[at + i] - mean) / Math.sqrt(square + TinyModel.EPSILON);
                out[at + i] = value * weight[i] + (centred ? model.values(name + ".bias")[i] : 0);
            }
        }
        return out;
    }

    private static double capped(double x, double cap) {
        return cap == 0 ? x : cap * Math.tanh(x / cap);
    }
}
