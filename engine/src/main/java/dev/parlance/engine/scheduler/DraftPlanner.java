package dev.parlance.engine.scheduler;

import java.util.List;

/**
 * Decides how many drafts the sequences of a step compute beside their last tokens: a pure
 * function.
 *
 * <p>A draft that is right saves its sequence a step, and every draft makes this step longer for
 * all. Wanted is the greatest product of all sequences' speeds: what makes one twice as fast may
 * not make two others half as fast again. Without drafts this product is the yardstick, so drafts
 * are planned only where they pay.
 */
final class DraftPlanner {
    private DraftPlanner() {}

    /**
     * What a sequence could compute.
     *
     * @param drafts how many it has; 0 if none
     * @param acceptance the probability that a draft is right, if those before it are
     * @param nanos what it takes to make a draft
     */
    record Offer(int drafts, double acceptance, double nanos) {
        static final Offer NOTHING = new Offer(0, 0, 0);

        /** Of drafts that are made already. */
        static Offer of(Drafts drafts) {
            return new Offer(drafts.count(), drafts.acceptance().probability(), 0);
        }
    }

    /**
     * @param offers of all sequences of the step, each of which has a row in any case
     * @param room most drafts of all together
     * @param times known ones
     * @return how many drafts each is to compute
     */
    static int[] plan(List<Offer> offers, int room, StepTimes times) {
        int[] planned = new int[offers.size()];
        int[] best = planned.clone();
        double[] expected = new double[planned.length];
        double[] chance = new double[planned.length];
        for (int i = 0; i < planned.length; i++) {
            expected[i] = 1;
            chance[i] = offers.get(i).acceptance();
        }
        double without = times.of(planned.length);
        double making = 0;
        double gain = 0;
        double bestSpeed = 0;
        for (int drafts = 1; drafts <= room; drafts++) {
            int next = mostGaining(offers, planned, expected, chance);
            if (next < 0) {
                break;
            }
            gain += Math.log1p(chance[next] / expected[next]);
            expected[next] += chance[next];
            chance[next] *= offers.get(next).acceptance();
            planned[next]++;
            making += offers.get(next).nanos();
            // The logarithm of the product of speeds, those without drafts being 1.
            double stretch = (making + times.of(planned.length + drafts)) / without;
            double speed = gain - planned.length * Math.log(stretch);
            if (speed > bestSpeed) {
                bestSpeed = speed;
                best = planned.clone();
            }
        }
        return best;
    }

    /** Whose next draft adds the greatest share to the tokens it can expect; -1 if none is left. */
    private static int mostGaining(
            List<Offer> offers, int[] planned, double[] expected, double[] chance) {
        int most = -1;
        for (int i = 0; i < planned.length; i++) {
            if (planned[i] < offers.get(i).drafts()
                    && (most < 0 || chance[i] * expected[most] > chance[most] * expected[i])) {
                most = i;
            }
        }
        return most;
    }
}
