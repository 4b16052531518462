package dev.parlance.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;

class ModelsTest {
    private Harness harness;

    @BeforeEach
    void start() throws IOException {
        harness = Harness.start(new FakeBackend());
    }

    @AfterEach
    void stop() {
        harness.close();
    }

    @Test
    void listsTheModels() throws Exception {
        Reply reply = harness.get("/v1/models");
        assertThat(reply.text("object")).isEqualTo("list");
        assertThat(reply.at("data"))
                .isEqualTo(
                        "[{\"id\":\"maker/small-model\",\"object\":\"model\","
                                + "\"created\":1700000000,\"owned_by\":\"parlance\","
                                + "\"aliases\":[],\"status\":{\"value\":\"loaded\"},"
                                + "\"max_model_len\":200,\"meta\":{\"name\":\"small\","
                                + "\"architecture\":\"fake\",\"n_vocab\":258,\"n_params\":1000,"
                                + "\"size\":4000}}]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"maker/small-model", "maker%2Fsmall-model", "maker%2fsmall%2Dmodel"})
    void findsAModelWhoseNameHasASlash(String name) throws Exception {
        Reply reply = harness.get("/v1/models/" + name);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.text("id")).isEqualTo(Harness.MODEL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"other", "maker", "maker%20small-model"})
    void doesNotFindOthers(String name) throws Exception {
        Reply reply = harness.get("/v1/models/" + name);
        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.text("error.code")).isEqualTo("model_not_found");
    }
}
