package dev.parlance.app.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.parlance.app.bench.Workload.Decode;
import dev.parlance.app.bench.Workload.Prefill;
import dev.parlance.engine.MachineLimits;
import dev.parlance.engine.gguf.GgmlType;
import dev.parlance.engine.gguf.GgufFile;
import dev.parlance.engine.gguf.GgufFileWriter;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

class WeightCostsTest {
    private static final MachineLimits LIMITS = new MachineLimits(2, "none", 1e6, 1e5);

    @TempDir private Path folder;

    @Test
    void matricesOfLayersAndTheHeadCountAndNormsDoNot() throws IOException {
        GgufFileWriter writer = new GgufFileWriter().put("general.architecture", "llama");
        add(writer, "token_embd.weight", 32, 10);
        add(writer, "blk.0.attn_norm.weight", 32);
        add(writer, "blk.0.attn_q.weight", 32, 4);
        add(writer, "blk.1.attn_q.weight", 32, 6);
        assertThat(costs(writer)).isEqualTo(new WeightCosts(320, 320, 4 * 640, false));
        add(writer, "output.weight", 32, 11);
        assertThat(costs(writer)).isEqualTo(new WeightCosts(320, 352, 4 * 672, false));
    }

    @Test
    void ofExpertsThoseATokenUsesCount() throws IOException {
        GgufFileWriter writer =
                new GgufFileWriter()
                        .put("general.architecture", "qwen3moe")
                        .put("qwen3moe.expert_used_count", 2);
        add(writer, "blk.0.ffn_up_exps.weight", 32, 4, 8);
        WeightCosts costs = costs(writer);
        assertThat(costs).isEqualTo(new WeightCosts(256, 0, 1024, true));
        assertThat(costs.share(speeds(new Decode(8, 0, 1)), LIMITS)).isPresent();
        assertThat(costs.share(speeds(new Decode(8, 0, 4)), LIMITS)).isEmpty();
    }

    @Test
    void speedsAreSharesOfALimit() {
        WeightCosts costs = new WeightCosts(1000, 500, 2000, false);
        WeightCosts.Share prefill = costs.share(speeds(new Prefill(10)), LIMITS).orElseThrow();
        assertThat(prefill.limit()).isEqualTo("FMA peak");
        assertThat(prefill.part()).isCloseTo(40 * 1050 / 1e6, within(1e-12));
        WeightCosts.Share decode = costs.share(speeds(new Decode(8, 0, 4)), LIMITS).orElseThrow();
        assertThat(decode.limit()).isEqualTo("read bandwidth");
        assertThat(decode.part()).isCloseTo(40 / 4 * 2000 / 1e5, within(1e-12));
    }

    private static Speeds speeds(Workload workload) {
        return new Speeds(workload, List.of(40.0));
    }

    private static void add(GgufFileWriter writer, String name, long... dimensions) {
        List<Long> boxed = Arrays.stream(dimensions).boxed().toList();
        int values = (int) boxed.stream().reduce(1L, Math::multiplyExact).longValue();
        writer.tensor(name, GgmlType.F32, boxed, out -> out.write(new byte[4 * values]));
    }

    private WeightCosts costs(GgufFileWriter writer) throws IOException {
        Path path = folder.resolve("costs.gguf");
        writer.write(path);
        try (GgufFile file = GgufFile.open(path)) {
            return WeightCosts.of(file);
        }
    }
}
