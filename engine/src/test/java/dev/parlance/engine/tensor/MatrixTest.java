package dev.parlance.engine.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parlance.engine.gguf.GgmlType;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;

class MatrixTest {
    @Test
    void rowsAreWholeBlocksOneAfterTheOther() {
        MemorySegment data = MemorySegment.ofArray(new byte[3 * 2 * 34]);
        assertThat(new Matrix("w", GgmlType.Q8_0, 3, 64, data).rowBytes()).isEqualTo(68);
    }

    @Test
    void otherThanTheExactBytesAreRefused() {
        assertThatThrownBy(() ->
                        new Matrix("w", GgmlType.F16, 3, 5, MemorySegment.ofArray(new byte[31])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("w: 3 x 5 values of F16 take 30 bytes, got 31");
    }

    @Test
    void rowsThatAreNotWholeBlocksAreRefused() {
        assertThatThrownBy(() ->
                        new Matrix(
                                "w", GgmlType.Q4_K, 1, 300, MemorySegment.ofArray(new byte[144])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Q4_K stores blocks of 256 values, got 300 values");
    }
}
