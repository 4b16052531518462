package dev.parlance.server.api.completions;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

import dev.parlance.engine.json.JsonObject;
import dev.parlance.server.Choices;
import dev.parlance.server.FuzzedBody;
import dev.parlance.server.api.ApiException;
import dev.parlance.server.api.ApiOptions;

import org.junit.jupiter.params.provider.MethodSource;

import java.util.stream.Stream;

/**
 * Whatever an object holds, it is a request or refused with 400: many more tries than over HTTP.
 */
class CompletionRequestFuzzTest {
    static Stream<byte[]> seeds() {
        return Choices.seeds(100);
    }

    @MethodSource("seeds")
    @FuzzTest
    void anObjectIsARequestOrRefused(byte[] bytes) {
        if (FuzzedBody.json("/v1/completions", new Choices(bytes)) instanceof JsonObject body) {
            try {
                CompletionRequest.parse(body, ApiOptions.DEFAULT);
            } catch (ApiException refused) {
                assertThat(refused.status()).isEqualTo(400);
                assertThat(refused.getMessage()).isNotBlank();
            }
        }
    }
}
