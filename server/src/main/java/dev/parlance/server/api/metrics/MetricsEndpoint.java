package dev.parlance.server.api.metrics;

import dev.parlance.engine.generation.BackendStatistics;
import dev.parlance.engine.generation.KvFileStatistics;
import dev.parlance.engine.generation.Latencies;
import dev.parlance.server.catalog.ModelCatalog;
import dev.parlance.server.catalog.ModelStatus;
import dev.parlance.server.http.Connections;
import dev.parlance.server.http.HttpHandler;
import dev.parlance.server.http.HttpRequest;
import dev.parlance.server.http.HttpResponse;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Answers {@code GET /metrics} in the text format of Prometheus: our own names, and those of vLLM
 * that inference routers read.
 *
 * <p>Source: prometheus.io, "Exposition formats", version 0.0.4.
 */
public final class MetricsEndpoint implements HttpHandler {
    private static final Map<String, String> HEADERS =
            Map.of("content-type", "text/plain; version=0.0.4; charset=utf-8");

    private final ModelCatalog catalog;
    private final Connections connections;

    public MetricsEndpoint(ModelCatalog catalog, Connections connections) {
        this.catalog = catalog;
        this.connections = connections;
    }

    @Override
    public HttpResponse handle(HttpRequest request) {
        List<ModelStatus> all = catalog.models();
        Page page = new Page(statistics(all));
        page.ofServer("gauge", "parlance_connections", "Open", connections.open());
        page.ofServer(
                "counter",
                "parlance_connections_refused_total",
                "Connections beyond the bound",
                connections.refused());
        page.residency(all);
        page.gauge("parlance_requests_running", "Sequences being computed", s -> s.running());
        page.gauge("parlance_requests_waiting", "Requests not begun", s -> s.waiting());
        page.gauge(
                "parlance_waiting_prompt_tokens",
                "Tokens of the prompts of requests not begun",
                s -> s.waitingTokens());
        page.gauge("parlance_kv_blocks", "Blocks of keys and values", s -> s.kvBlocks());
        page.gauge(
                "parlance_kv_blocks_used", "Blocks running sequences hold", s -> s.kvBlocksUsed());
        page.gauge("parlance_kv_blocks_kept", "Blocks kept for prompts", s -> s.kvBlocksKept());
        page.counter("parlance_prompt_tokens_total", "Tokens of prompts", s -> s.promptTokens());
        page.counter(
                "parlance_cached_prompt_tokens_total",
                "Tokens of prompts that needed no computation",
                s -> s.cachedTokens());
        page.counter("parlance_generated_tokens_total", "Tokens made", s -> s.generatedTokens());
        page.counter(
                "parlance_drafted_tokens_total",
                "Tokens guessed ahead and verified",
                s -> s.draftedTokens());
        page.counter(
                "parlance_accepted_draft_tokens_total",
                "Those of them that were right",
                s -> s.acceptedTokens());
        page.counter("parlance_requests_finished_total", "Requests completed", s -> s.finished());
        page.counter(
                "parlance_requests_failed_total",
                "Requests that an error or a shutdown ended",
                s -> s.failed());
        page.counter(
                "parlance_requests_cancelled_total",
                "Requests whose client left",
                s -> s.cancelled());
        page.counter(
                "parlance_requests_timed_out_total",
                "Requests that did not finish in time",
                s -> s.timedOut());
        page.counter(
                "parlance_requests_rejected_total",
                "Requests refused because too much waited",
                s -> s.rejected());
        page.histogram("parlance_queue_seconds", "Wait for computation", s -> s.queueTime());
        page.histogram("parlance_first_token_seconds", "Wait for a token", s -> s.firstToken());
        page.histogram("parlance_between_tokens_seconds", "Gaps", s -> s.betweenTokens());
        page.files("gauge", "blocks", "Blocks in files", f -> f.blocks());
        page.files("gauge", "bytes", "Bytes of all files", f -> f.bytes());
        page.files("counter", "blocks_read_total", "Not computed", f -> f.blocksRead());
        page.files("counter", "bytes_read_total", "Of those blocks", f -> f.bytesRead());
        page.files("counter", "blocks_written_total", "Computed", f -> f.blocksWritten());
        page.files("counter", "bytes_written_total", "Of those blocks", f -> f.bytesWritten());
        page.files("counter", "blocks_dropped_total", "Not written", f -> f.blocksDropped());
        page.files("counter", "files_damaged_total", "Deleted unused", f -> f.filesDamaged());
        page.gauge("vllm:num_requests_running", "As vLLM", s -> s.running());
        page.gauge("vllm:num_requests_waiting", "As vLLM", s -> s.waiting());
        page.gauge("vllm:kv_cache_usage_perc", "As vLLM, 0 to 1", MetricsEndpoint::usage);
        page.counter("vllm:prefix_cache_queries_total", "As vLLM", s -> s.promptTokens());
        page.counter("vllm:prefix_cache_hits_total", "As vLLM", s -> s.cachedTokens());
        page.counter("vllm:spec_decode_num_draft_tokens_total", "As vLLM", s -> s.draftedTokens());
        page.counter(
                "vllm:spec_decode_num_accepted_tokens_total", "As vLLM", s -> s.acceptedTokens());
        page.cacheConfig();
        byte[] body = page.text().getBytes(StandardCharsets.UTF_8);
        return new HttpResponse.Whole(200, HEADERS, body);
    }

    private static double usage(BackendStatistics statistics) {
        return (double) statistics.kvBlocksUsed() / Math.max(1, statistics.kvBlocks());
    }

    /** Of the models that are loaded and count something. */
    private static Map<String, BackendStatistics> statistics(List<ModelStatus> all) {
        Map<String, BackendStatistics> statistics = new LinkedHashMap<>();
        for (ModelStatus model : all) {
            model.model()
                    .flatMap(loaded -> loaded.backend().statistics())
                    .ifPresent(each -> statistics.put(model.id(), each));
        }
        return statistics;
    }

    /** The page as it grows: for each metric a line per model. */
    private static final class Page {
        private final StringBuilder text = new StringBuilder();
        private final Map<String, BackendStatistics> models;

        Page(Map<String, BackendStatistics> models) {
            this.models = models;
        }

        String text() {
            return text.toString();
        }

        /** A number of the whole server. */
        void ofServer(String type, String name, String help, Number value) {
            head(type, name, help);
            text.append(name).append(' ').append(value).append('\n');
        }

        void gauge(String name, String help, Function<BackendStatistics, Number> value) {
            single("gauge", name, help, value);
        }

        void counter(String name, String help, Function<BackendStatistics, Number> value) {
            single("counter", name, help, value);
        }

        private void single(
                String type, String name, String help, Function<BackendStatistics, Number> value) {
            head(type, name, help);
            models.forEach((id, each) -> line(name, label(id), value.apply(each)));
        }

        /** A number of the files for keys and values, of the models that have any. */
        void files(
                String type, String name, String help, Function<KvFileStatistics, Number> value) {
            String full = "parlance_kv_files_" + name;
            head(type, full, help);
            models.forEach((id, each) ->
                    each.kvFiles().ifPresent(files -> line(full, label(id), value.apply(files))));
        }

        void histogram(String name, String help, Function<BackendStatistics, Latencies> value) {
            head("histogram", name, help);
            models.forEach((id, each) -> {
                Latencies latencies = value.apply(each);
                long below = 0;
                for (int i = 0; i < Latencies.BOUNDS.size(); i++) {
                    below += latencies.counts().get(i);
                    String bound = ",le=\"" + Latencies.BOUNDS.get(i) + "\"";
                    line(name + "_bucket", label(id) + bound, below);
                }
                line(name + "_bucket", label(id) + ",le=\"+Inf\"", latencies.count());
                line(name + "_sum", label(id), latencies.totalSeconds());
                line(name + "_count", label(id), latencies.count());
            });
        }

        /** Which models are in memory, and how often that changed. */
        void residency(List<ModelStatus> all) {
            perModel(
                    "gauge",
                    "parlance_model_loaded",
                    "1: in memory",
                    all,
                    model -> model.state() == ModelStatus.State.LOADED ? 1 : 0);
            String counter = "counter";
            perModel(
                    counter, "parlance_model_loads_total", "Times loaded", all, ModelStatus::loads);
            perModel(
                    counter,
                    "parlance_model_load_failures_total",
                    "Loads that failed",
                    all,
                    ModelStatus::failures);
            perModel(
                    counter,
                    "parlance_model_unloads_total",
                    "Times unloaded",
                    all,
                    ModelStatus::unloads);
        }

        private void perModel(
                String type,
                String name,
                String help,
                List<ModelStatus> all,
                Function<ModelStatus, Number> value) {
            head(type, name, help);
            all.forEach(model -> line(name, label(model.id()), value.apply(model)));
        }

        void cacheConfig() {
            String name = "vllm:cache_config_info";
            head("gauge", name, "As vLLM");
            models.forEach((id, each) -> {
                String labels =
                        String.format(
                                "%s,block_size=\"%d\",num_gpu_blocks=\"%d\"",
                                label(id), each.kvBlockTokens(), each.kvBlocks());
                line(name, labels, 1);
            });
        }

        private void head(String type, String name, String help) {
            text.append("# HELP ").append(name).append(' ').append(help).append('\n');
            text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
        }

        private void line(String name, String labels, Number value) {
            text.append(name).append('{').append(labels).append("} ").append(value).append('\n');
        }

        private static String label(String model) {
            String escaped = model.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
            return "model_name=\"" + escaped + "\"";
        }
    }
}
