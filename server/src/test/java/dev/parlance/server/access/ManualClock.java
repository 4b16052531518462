package dev.parlance.server.access;

import io.github.bucket4j.TimeMeter;

import java.time.Duration;

/** Time that passes when a test says so. */
final class ManualClock implements TimeMeter {
    private long nanos;

    void advance(Duration time) {
        nanos += time.toNanos();
    }

    @Override
    public long currentTimeNanos() {
        return nanos;
    }

    @Override
    public boolean isWallClockBased() {
        return false;
    }
}
