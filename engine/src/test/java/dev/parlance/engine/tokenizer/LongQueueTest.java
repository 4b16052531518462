package dev.parlance.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.PriorityQueue;
import java.util.Random;

class LongQueueTest {
    @Test
    void takesTheSmallestFirstInAnyMixOfAddingAndTaking() {
        Random random = new Random(7);
        LongQueue queue = new LongQueue();
        PriorityQueue<Long> expected = new PriorityQueue<>();
        for (int i = 0; i < 50_000; i++) {
            if (random.nextInt(5) < 3) {
                long value = random.nextBoolean() ? i : random.nextInt(50_000);
                queue.add(value);
                expected.add(value);
            } else if (!expected.isEmpty()) {
                assertThat(queue.take()).isEqualTo(expected.remove());
            }
            assertThat(queue.isEmpty()).isEqualTo(expected.isEmpty());
        }
    }

    @Test
    void isEmptyAfterClear() {
        LongQueue queue = new LongQueue();
        queue.add(2);
        queue.add(1);
        queue.clear();
        assertThat(queue.isEmpty()).isTrue();
    }
}
