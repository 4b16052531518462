package dev.parlance.engine.kernel;

import dev.parlance.engine.gguf.GgmlType;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Finds vector kernels that run far below what the machine can do, or allocate memory: C2 may have
 * compiled them badly, which is otherwise noticed only as a slow server.
 *
 * <p>Cost: some ten milliseconds of one thread when all is well.
 */
final class KernelCheck {
    /** So many inputs that weights are unpacked once for all of them. */
    static final int MANY_INPUTS = 64;

    /** Below this share of what is expected, something is wrong and not just busy. */
    private static final double LEAST_SHARE = 0.25;

    /**
     * A vector that is boxed in the innermost loop takes more than a byte for each multiply-add,
     * one that is boxed per block about a hundredth.
     */
    private static final double MOST_BYTES_PER_MULTIPLY_ADD = 0.01;

    /**
     * Others use the machine too, and C2 may still be at work, so there is a pause between them.
     */
    private static final int TRIES = 500;

    /** What measures, on one thread. */
    interface Meter {
        /** Float32 multiply-adds per second of CPU time that this machine does at best. */
        double peak();

        /** Measures the multiplication of a matrix with some inputs. */
        Sample sample(GgmlType type, int inputs);

        /** Leaves the CPU to the compiler for a while. */
        void pause();
    }

    /**
     * @param rate multiply-adds per second of CPU time
     * @param allocated bytes on the Java heap per multiply-add
     */
    record Sample(double rate, double allocated) {}

    private final Meter meter;

    KernelCheck(Meter meter) {
        this.meter = meter;
    }

    /** One line for each problem of the kernels for weights of these types. */
    List<String> problems(Set<GgmlType> types) {
        double peak = meter.peak();
        List<String> problems = new ArrayList<>();
        for (GgmlType type : types) {
            check(type, 1, peak, problems);
            check(type, MANY_INPUTS, peak, problems);
        }
        return problems;
    }

    private void check(GgmlType type, int inputs, double peak, List<String> problems) {
        double expected = peak * expectedShare(WeightLayout.of(type).codes(), inputs);
        double rate = 0;
        double allocated = Double.MAX_VALUE;
        for (int i = 0; i < TRIES; i++) {
            Sample sample = meter.sample(type, inputs);
            rate = Math.max(rate, sample.rate());
            allocated = Math.min(allocated, sample.allocated());
            if (rate >= LEAST_SHARE * expected && allocated <= MOST_BYTES_PER_MULTIPLY_ADD) {
                return;
            }
            meter.pause();
        }
        String kernel =
                String.format(
                        "the kernel for %s and %d input%s ", type, inputs, inputs > 1 ? "s" : "");
        String consequence =
                "; this Java compiled it badly, and answers will be slow. A restart may help; if"
                        + " it does not, please report this line, the CPU and java -version";
        if (allocated > MOST_BYTES_PER_MULTIPLY_ADD) {
            problems.add(
                    String.format(
                            Locale.ROOT,
                            "%sallocates %.2f bytes per multiply-add, where it should allocate"
                                    + " nothing%s",
                            kernel,
                            allocated,
                            consequence));
        } else {
            problems.add(
                    String.format(
                            Locale.ROOT,
                            "%sreaches %.1f G multiply-adds per second and core, of about %.1f"
                                    + " expected here%s",
                            kernel,
                            rate / 1e9,
                            expected / 1e9,
                            consequence));
        }
    }

    /** Rounded from what was measured with registers of 512 and 256 bits: docs/perf-log.md. */
    private static double expectedShare(Codes codes, int inputs) {
        if (inputs > 1) {
            return codes.areQuantised() ? 0.7 : 0.6;
        }
        return switch (codes) {
            case TWO_BITS, FOUR_BITS, FIVE_BITS, SIX_BITS, BYTES -> 0.3;
            case F16, BF16 -> 0.2;
            case F32 -> 0.12;
        };
    }
}
