package dev.parlance.app.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parlance.app.bench.Workload.Decode;
import dev.parlance.app.bench.Workload.Prefill;

import org.junit.jupiter.api.Test;

import java.util.List;

class WorkloadTest {
    @Test
    void everyCombinationIsThereAndNothingOfLengthZero() {
        assertThat(
                        Workload.all(
                                List.of(256, 0, 2048),
                                List.of(48, 0),
                                List.of(0, 4096),
                                List.of(1, 8)))
                .extracting(Workload::toString)
                .containsExactly(
                        "pp256", "pp2048", "tg48", "tg48 x8", "tg48 @ d4096", "tg48 @ d4096 x8");
        assertThat(Workload.all(List.of(0), List.of(0), List.of(1), List.of(1))).isEmpty();
    }

    @Test
    void theContextHasRoomForStreamsThatBeginEarly() {
        assertThat(new Prefill(512).contextLength()).isEqualTo(513);
        assertThat(new Decode(48, 0, 1).contextLength()).isEqualTo(1 + 48 + 2);
        assertThat(new Decode(48, 100, 8).contextLength()).isEqualTo(100 + 48 + 9);
        assertThat(new Decode(48, 100, 8).sequences()).isEqualTo(8);
    }

    @Test
    void numbersThatMeanNoWorkAreRefused() {
        assertThatThrownBy(() -> new Prefill(0)).hasMessage("prompt must be 1 or more, got 0");
        assertThatThrownBy(() -> new Decode(0, 0, 1))
                .hasMessage("generated tokens must be 1 or more, got 0");
        assertThatThrownBy(() -> new Decode(1, -1, 1))
                .hasMessage("depth must be 0 or more, got -1");
        assertThatThrownBy(() -> new Decode(1, 0, 0))
                .hasMessage("streams must be 1 or more, got 0");
    }
}
