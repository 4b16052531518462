package dev.parlance.engine.sampling;

/**
 * The random numbers of one choice: a pure function of the request's seed, the choice, and how many
 * tokens the choice already has.
 *
 * <p>Because a number belongs to a place and not to a moment, a token drawn again at the same place
 * (a rejected draft, a restarted sequence) gets the same number. The mapping is part of what a seed
 * means to users and must not change between versions; its test holds golden values.
 *
 * <p>Source: SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014),
 * whose n-th output is the mix of {@code start + n · gamma}.
 */
public final class RandomStream {
    /** The odd number nearest to 2^64 divided by the golden ratio. */
    private static final long GAMMA = 0x9E3779B97F4A7C15L;

    private final long start;

    /** The stream of a choice: starts at {@code mix(mix(seed + gamma) + choice · gamma)}. */
    public RandomStream(long seed, int choice) {
        this.start = mix(mix(seed + GAMMA) + choice * GAMMA);
    }

    /** The number for the token at {@code index} of the continuation, in [0, 1), 53 bits. */
    public double at(int index) {
        return (mix(start + (index + 1L) * GAMMA) >>> 11) * 0x1p-53;
    }

    /** A second number for the token at {@code index}, for a decision before the draw. */
    public double coinAt(int index) {
        return (mix(~start + (index + 1L) * GAMMA) >>> 11) * 0x1p-53;
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
