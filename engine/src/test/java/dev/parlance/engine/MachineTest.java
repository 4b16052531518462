package dev.parlance.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.OptionalLong;

class MachineTest {
    @Test
    void modelsShareHalfOfTheHeapOrMostOfWhatIsFree() {
        assertThat(new Machine(1).cacheBytes(1000, OptionalLong.empty())).isEqualTo(500);
        assertThat(new Machine(1).cacheBytes(1000, OptionalLong.of(4000))).isEqualTo(500);
        assertThat(new Machine(1).cacheBytes(1000, OptionalLong.of(400))).isEqualTo(300);
        assertThat(new Machine(2).cacheBytes(1000, OptionalLong.empty())).isEqualTo(250);
        assertThat(new Machine(2).cacheBytes(1000, OptionalLong.of(400))).isEqualTo(150);
    }

    @Test
    void aMachineWithoutModelsIsRefused() {
        assertThatThrownBy(() -> new Machine(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("models must be 1 or more, got 0");
    }
}
