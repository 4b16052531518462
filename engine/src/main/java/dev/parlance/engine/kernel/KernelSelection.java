package dev.parlance.engine.kernel;

import java.util.Optional;

/**
 * The kernels this machine and this start of Java allow.
 *
 * @param name which they are, for logs and reports: {@code vector 256} or {@code scalar}
 * @param problem why the fast ones are not used and what helps; empty when they are
 */
public record KernelSelection(Kernels kernels, String name, Optional<String> problem) {
    private static final System.Logger LOG = System.getLogger(KernelSelection.class.getName());
    private static final String VECTOR_MODULE = "jdk.incubator.vector";
    private static final int VECTOR_BITS = 256;

    /** The fastest kernels there are; says so loudly when they are the slow ones. */
    public static KernelSelection best(KernelPool pool) {
        Optional<String> problem = vectorProblem();
        problem.ifPresent(text -> LOG.log(System.Logger.Level.WARNING, text));
        return problem.isPresent()
                ? new KernelSelection(new ScalarKernels(pool), "scalar", problem)
                : new KernelSelection(
                        new VectorKernels(pool), "vector " + VECTOR_BITS, Optional.empty());
    }

    /**
     * The same kernels for a program that has just begun: scalar ones serve until the vector
     * kernels have been compiled, which without that are by far the slower ones.
     */
    public Kernels warmingUp(KernelPool pool) {
        return kernels instanceof VectorKernels vector
                ? new WarmingKernels(new ScalarKernels(pool), vector)
                : kernels;
    }

    private static Optional<String> vectorProblem() {
        boolean present =
                ModuleLayer.boot()
                        .findModule(VECTOR_MODULE)
                        .filter(KernelSelection.class.getModule()::canRead)
                        .isPresent();
        int bits = present ? VectorMachine.floatBits() : 0;
        return vectorProblem(present, bits);
    }

    /** What keeps the vector kernels from being used, if anything does. */
    static Optional<String> vectorProblem(boolean modulePresent, int machineBits) {
        if (!modulePresent) {
            return Optional.of(
                    "Vector API is off: module "
                            + VECTOR_MODULE
                            + " is not there; scalar kernels are used, which are many times"
                            + " slower. Start with bin/serve or add --add-modules "
                            + VECTOR_MODULE
                            + " to the java command");
        }
        if (machineBits < VECTOR_BITS) {
            return Optional.of(
                    "Vector kernels are off: they need registers of "
                            + VECTOR_BITS
                            + " bits, this machine and Java have "
                            + machineBits
                            + "; scalar kernels are used, which are many times slower. On x86 a"
                            + " CPU with AVX2 is needed, and no java option that turns it off");
        }
        return Optional.empty();
    }
}
