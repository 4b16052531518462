package dev.parlance.engine.sampling;

import java.util.Set;

/**
 * Ways to choose tokens that few requests ask for. Errors: the constructors refuse values outside
 * the ranges given here.
 *
 * @param repetitionWindow how many of the last tokens the repetition penalty looks at, 0 or more;
 *     {@link #ALL}: the whole prompt and continuation
 * @param topNSigma drops tokens whose logit is more than so many standard deviations below the
 *     best; 0 or less: off (Tang, Huang, Xu, Cheng: Top-nσ, 2024)
 * @param temperatureRange how far the temperature moves to both sides of its value, 0 or more: down
 *     where the model is sure, up where it is not; 0: off
 * @param temperatureExponent above 0; how the share of the greatest possible entropy becomes a
 *     place in that range
 * @param xtcProbability [0, 1]; how often the likeliest tokens are left out; 0: off
 * @param xtcThreshold [0, 1]; of the tokens at least this likely only the least likely stays
 */
public record RareSamplers(
        int repetitionWindow,
        double topNSigma,
        double temperatureRange,
        double temperatureExponent,
        double xtcProbability,
        double xtcThreshold,
        Dry dry) {
    /** A window without end. */
    public static final int ALL = -1;

    /** All off. */
    public static final RareSamplers OFF = new RareSamplers(ALL, 0, 0, 1, 0, 0.1, Dry.OFF);

    /**
     * A penalty on tokens that would go on with what has been said before: {@code multiplier ·
     * base^(length - allowedLength)} off the logit of a token that stood behind a stretch of that
     * length, if the text ends with the same stretch.
     *
     * <p>Source: "Don't repeat yourself" by p-e-w, text-generation-webui pull request 5677.
     *
     * @param multiplier 0 or more; 0: off
     * @param base 1 or more
     * @param allowedLength shortest stretch that counts, 1 or more
     * @param window how many of the last tokens are looked at, 0 or more; {@link #ALL}
     * @param breakers tokens that no stretch reaches across
     */
    public record Dry(
            double multiplier, double base, int allowedLength, int window, Set<Integer> breakers) {
        /** No penalty. */
        public static final Dry OFF = new Dry(0, 1.75, 2, ALL, Set.of());

        public Dry {
            require(isFrom(0, multiplier), "multiplier", "0 or more", multiplier);
            require(isFrom(1, base), "base", "1 or more", base);
            require(allowedLength >= 1, "allowedLength", "1 or more", allowedLength);
            require(window >= ALL, "window", "-1 or more", window);
            breakers = Set.copyOf(breakers);
        }

        public Dry withBreakers(Set<Integer> newBreakers) {
            return new Dry(multiplier, base, allowedLength, window, newBreakers);
        }
    }

    public RareSamplers {
        require(repetitionWindow >= ALL, "repetitionWindow", "-1 or more", repetitionWindow);
        require(!Double.isNaN(topNSigma), "topNSigma", "a number", topNSigma);
        require(isFrom(0, temperatureRange), "temperatureRange", "0 or more", temperatureRange);
        require(
                temperatureExponent > 0 && isFrom(0, temperatureExponent),
                "temperatureExponent",
                "above 0",
                temperatureExponent);
        require(isShare(xtcProbability), "xtcProbability", "between 0 and 1", xtcProbability);
        require(isShare(xtcThreshold), "xtcThreshold", "between 0 and 1", xtcThreshold);
    }

    public RareSamplers withDry(Dry newDry) {
        return new RareSamplers(
                repetitionWindow,
                topNSigma,
                temperatureRange,
                temperatureExponent,
                xtcProbability,
                xtcThreshold,
                newDry);
    }

    private static boolean isFrom(double least, double got) {
        return got >= least && got < Double.POSITIVE_INFINITY;
    }

    private static boolean isShare(double got) {
        return got >= 0 && got <= 1;
    }

    private static void require(boolean holds, String name, String allowed, double got) {
        if (!holds) {
            throw new IllegalArgumentException(name + " must be " + allowed + ", got " + got);
        }
    }
}
