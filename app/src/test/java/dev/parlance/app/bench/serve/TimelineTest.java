package dev.parlance.app.bench.serve;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TimelineTest {
    private static final long MS = 1_000_000;
    private final Timeline timeline = new Timeline(10 * MS, 12 * MS, 15 * MS, 25 * MS, 27 * MS);

    @Test
    void gapsAreBetweenNeighbours() {
        assertThat(timeline.gaps()).containsExactly(2.0, 3.0, 10.0, 2.0);
        assertThat(new Timeline(5).gaps()).isEmpty();
        assertThat(new Timeline().isEmpty()).isTrue();
    }

    @Test
    void everyGapBelongsToOneOfThreePartsUnlessItSpansAll() {
        long sent = 13 * MS;
        long firstToken = 25 * MS;
        assertThat(timeline.gapsEndedBy(sent)).containsExactly(2.0);
        assertThat(timeline.gapsOverlapping(sent, firstToken)).containsExactly(3.0, 10.0);
        assertThat(timeline.gapsBegunAfter(firstToken)).containsExactly(2.0);
    }

    @Test
    void piecesAreCountedUpToAMoment() {
        assertThat(timeline.piecesBy(9 * MS)).isZero();
        assertThat(timeline.piecesBy(12 * MS)).isEqualTo(2);
        assertThat(timeline.piecesBy(99 * MS)).isEqualTo(5);
    }
}
