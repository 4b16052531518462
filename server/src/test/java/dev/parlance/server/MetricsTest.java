package dev.parlance.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.engine.generation.BackendStatistics;
import dev.parlance.engine.generation.KvFileStatistics;
import dev.parlance.engine.generation.Latencies;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

class MetricsTest {
    private static Latencies latencies(int bucket, long count, double seconds) {
        List<Long> counts = new ArrayList<>(Collections.nCopies(Latencies.BOUNDS.size() + 1, 0L));
        counts.set(bucket, count);
        return new Latencies(counts, seconds);
    }

    private static final BackendStatistics STATISTICS =
            new BackendStatistics(
                    3,
                    7,
                    900,
                    200,
                    50,
                    20,
                    16,
                    1000,
                    400,
                    2500,
                    900,
                    700,
                    11,
                    2,
                    5,
                    6,
                    8,
                    latencies(0, 13, 0.05),
                    latencies(4, 12, 2.4),
                    latencies(Latencies.BOUNDS.size(), 1, 400),
                    Optional.of(new KvFileStatistics(40, 4000, 30, 3000, 20, 2000, 5, 1)));

    @Test
    void everyNumberHasItsLine() throws Exception {
        FakeBackend backend = new FakeBackend();
        backend.statistics = Optional.of(STATISTICS);
        try (Harness harness = Harness.start(backend)) {
            Reply reply = harness.get("/metrics");
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.header("content-type")).startsWith("text/plain; version=0.0.4");
            String model = "model_name=\"" + Harness.MODEL + "\"";
            assertThat(reply.body().lines())
                    .contains(
                            "# TYPE parlance_connections gauge",
                            "parlance_connections 1",
                            "parlance_connections_refused_total 0",
                            "# TYPE parlance_model_loaded gauge",
                            "parlance_model_loaded{" + model + "} 1",
                            "parlance_model_loads_total{" + model + "} 1",
                            "parlance_model_load_failures_total{" + model + "} 0",
                            "parlance_model_unloads_total{" + model + "} 0",
                            "# TYPE parlance_requests_running gauge",
                            "parlance_requests_running{" + model + "} 3",
                            "parlance_requests_waiting{" + model + "} 7",
                            "parlance_prompt_tokens_total{" + model + "} 1000",
                            "parlance_cached_prompt_tokens_total{" + model + "} 400",
                            "parlance_generated_tokens_total{" + model + "} 2500",
                            "parlance_drafted_tokens_total{" + model + "} 900",
                            "parlance_accepted_draft_tokens_total{" + model + "} 700",
                            "vllm:spec_decode_num_draft_tokens_total{" + model + "} 900",
                            "vllm:spec_decode_num_accepted_tokens_total{" + model + "} 700",
                            "parlance_requests_finished_total{" + model + "} 11",
                            "parlance_requests_failed_total{" + model + "} 2",
                            "parlance_requests_cancelled_total{" + model + "} 5",
                            "parlance_requests_timed_out_total{" + model + "} 6",
                            "parlance_requests_rejected_total{" + model + "} 8",
                            "parlance_waiting_prompt_tokens{" + model + "} 900",
                            "parlance_queue_seconds_bucket{" + model + ",le=\"0.01\"} 13",
                            "parlance_first_token_seconds_bucket{" + model + ",le=\"0.1\"} 0",
                            "parlance_first_token_seconds_bucket{" + model + ",le=\"0.25\"} 12",
                            "parlance_first_token_seconds_bucket{" + model + ",le=\"+Inf\"} 12",
                            "parlance_first_token_seconds_sum{" + model + "} 2.4",
                            "parlance_between_tokens_seconds_bucket{" + model + ",le=\"300.0\"} 0",
                            "parlance_between_tokens_seconds_count{" + model + "} 1",
                            "parlance_kv_files_blocks{" + model + "} 40",
                            "parlance_kv_files_bytes{" + model + "} 4000",
                            "parlance_kv_files_blocks_read_total{" + model + "} 30",
                            "parlance_kv_files_bytes_read_total{" + model + "} 3000",
                            "parlance_kv_files_blocks_written_total{" + model + "} 20",
                            "parlance_kv_files_bytes_written_total{" + model + "} 2000",
                            "parlance_kv_files_blocks_dropped_total{" + model + "} 5",
                            "parlance_kv_files_files_damaged_total{" + model + "} 1",
                            "vllm:prefix_cache_queries_total{" + model + "} 1000",
                            "vllm:prefix_cache_hits_total{" + model + "} 400",
                            "vllm:num_requests_waiting{" + model + "} 7",
                            "vllm:kv_cache_usage_perc{" + model + "} 0.25",
                            "vllm:cache_config_info{"
                                    + model
                                    + ",block_size=\"16\",num_gpu_blocks=\"200\"} 1");
        }
    }

    @Test
    void aModelThatCountsNothingHasNoLines() throws Exception {
        try (Harness harness = Harness.start(new FakeBackend())) {
            assertThat(harness.get("/metrics").body())
                    .contains("# TYPE parlance_requests_running gauge")
                    .doesNotContain("parlance_requests_running{");
        }
    }
}
