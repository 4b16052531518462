package dev.parlance.app.bench.serve;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * A server that is measured, ready for requests.
 *
 * @param lexicon what words cost there
 */
record Side(Target target, OpenAiClient client, Lexicon lexicon) implements AutoCloseable {
    /**
     * Random numbers that depend on these and nothing else, so that all servers get the same
     * requests, and no two requests of a measurement have the same prompt.
     */
    static RandomGenerator random(long seed, int index) {
        return new SplittableRandom(new SplittableRandom(seed).nextLong() + index);
    }

    @Override
    public void close() {
        client.close();
    }
}
