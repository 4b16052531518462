package dev.parlance.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.server.catalog.CatalogOptions;
import dev.parlance.server.catalog.ModelCatalog;
import dev.parlance.server.catalog.ModelLease;
import dev.parlance.server.catalog.ServedModel;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Two models, of which memory has room for one: what a request holds is seen by the other. */
@Timeout(60)
class SeveralModelsTest {
    private static final String HI = "\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]";

    private final FakeBackend backend = new FakeBackend();
    private ModelCatalog catalog;
    private Harness harness;

    @BeforeEach
    void start() throws IOException {
        CatalogOptions options =
                new CatalogOptions(false, OptionalLong.of(1), Duration.ofSeconds(50));
        catalog = new ModelCatalog(List.of(model("small"), model("large")), options);
        harness = Harness.start(backend, catalog);
    }

    private ServedModel model(String id) {
        return new ServedModel(
                id,
                List.of(id + "-alias"),
                1,
                false,
                Optional.empty(),
                _ -> FakeModel.loaded(id, backend, () -> {}));
    }

    @AfterEach
    void stop() {
        harness.close();
        catalog.close();
    }

    private Reply chat(String model, String fields) throws Exception {
        return harness.post(
                "/v1/chat/completions", "{\"model\": \"" + model + "\", " + fields + "}");
    }

    private void assertNothingIsHeld() throws Exception {
        // The other model can be loaded only if no request holds the first.
        try (ModelLease lease = catalog.acquire("large").get(50, TimeUnit.SECONDS)) {
            assertThat(lease.model().id()).isEqualTo("large");
        }
    }

    @Test
    void aRequestLoadsWhatItNamesAndAnAnswerNamesTheModel() throws Exception {
        assertThat(chat("small", HI).text("model")).isEqualTo("small");
        assertThat(chat("large-alias", HI).text("model")).isEqualTo("large");
        assertThat(chat("medium", HI).status()).isEqualTo(404);
    }

    @Test
    void theListShowsAllModelsAndTheirState() throws Exception {
        assertThat(chat("small", HI).status()).isEqualTo(200);
        Reply list = harness.get("/v1/models");
        assertThat(list.text("data[0].status.value")).isEqualTo("loaded");
        assertThat(list.at("data[0].max_model_len")).isEqualTo("200");
        assertThat(list.at("data[1].status")).isEqualTo("{\"value\":\"unloaded\"}");
        assertThat(list.at("data[1].aliases")).isEqualTo("[\"large-alias\"]");
        assertThat(list.body()).containsOnlyOnce("max_model_len");
        assertThat(harness.get("/v1/models/large-alias").text("id")).isEqualTo("large");
        assertThat(harness.get("/metrics").body())
                .contains(
                        "parlance_model_loaded{model_name=\"small\"} 1\n",
                        "parlance_model_loaded{model_name=\"large\"} 0\n");
    }

    @Test
    void anAnswerHoldsItsModelNoLongerThanItTakes() throws Exception {
        assertThat(chat("small", HI).status()).isEqualTo(200);
        assertNothingIsHeld();
    }

    @Test
    void aStreamHoldsItsModelToItsEnd() throws Exception {
        backend.silentAfter = 1;
        CompletableFuture<Reply> stream =
                CompletableFuture.supplyAsync(() -> {
                    try {
                        return chat("small", HI + ", \"stream\": true");
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                });
        FakeBackend.FakeStream running = backend.streams.take();
        CompletableFuture<ModelLease> large = catalog.acquire("large");
        assertThat(large).isNotDone();
        running.close();
        assertThat(stream.get().body()).contains("error");
        large.get().close();
    }

    @Test
    void aRefusedRequestHoldsNothing() throws Exception {
        assertThat(chat("small", HI + ", \"max_tokens\": 100000").status()).isEqualTo(400);
        assertNothingIsHeld();
    }

    @Test
    void aFailedRequestHoldsNothing() throws Exception {
        backend.failsAfter = 1;
        assertThat(chat("small", HI).status()).isEqualTo(500);
        assertNothingIsHeld();
    }

    @Test
    void tokenizingTakesTheFirstModelIfNoneIsNamed() throws Exception {
        assertThat(harness.post("/tokenize", "{\"prompt\": \"Hi\"}").status()).isEqualTo(200);
        assertThat(catalog.models().getFirst().loads()).isEqualTo(1);
        assertNothingIsHeld();
    }
}
