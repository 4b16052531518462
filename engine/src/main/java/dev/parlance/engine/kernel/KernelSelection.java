package dev.parlance.engine.kernel;

import dev.parlance.engine.gguf.GgmlType;
import dev.parlance.engine.gguf.GgufFile;
import dev.parlance.engine.gguf.GgufTensorInfo;
import dev.parlance.engine.tensor.Dequantiser;

import java.lang.foreign.Arena;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * The kernels this machine and this start of Java allow.
 *
 * @param name which they are, for logs and reports: {@code vector} and the bits of a register, or
 *     {@code scalar}
 * @param problem why the fast ones are not used and what helps; empty when they are
 */
public record KernelSelection(Kernels kernels, String name, Optional<String> problem) {
    private static final System.Logger LOG = System.getLogger(KernelSelection.class.getName());
    private static final String VECTOR_MODULE = "jdk.incubator.vector";

    /** Four lanes, which only matrices are worth. */
    private static final int LEAST_BITS = 128;

    /** What the functions need that add across lanes. */
    private static final int FUNCTION_BITS = 256;

    /**
     * The fastest kernels there are; says so loudly when they are the slow ones. Packed weights
     * live as long as they can be reached.
     */
    public static KernelSelection best(KernelPool pool) {
        return best(pool, Arena.ofAuto());
    }

    /**
     * The fastest kernels there are; says so loudly when they are the slow ones.
     *
     * @param memory where packed weights live; shared, since several threads allocate from it
     */
    static KernelSelection best(KernelPool pool, Arena memory) {
        Optional<String> problem = vectorProblem();
        problem.ifPresent(text -> LOG.log(System.Logger.Level.WARNING, text));
        return problem.isPresent()
                ? new KernelSelection(new ScalarKernels(pool, memory), "scalar", problem)
                : new KernelSelection(
                        vector(pool, memory), "vector " + 8 * Lanes.BYTES, Optional.empty());
    }

    private static PackedKernels vector(KernelPool pool, Arena memory) {
        return VectorMachine.floatBits() < FUNCTION_BITS
                ? new ScalarKernels(pool, memory, new VectorGroups())
                : new VectorKernels(pool, memory);
    }

    /**
     * The same kernels for a program that has just begun and loads a model. Vector kernels are by
     * far the slower ones until they have been compiled; so scalar ones serve a small model
     * meanwhile, and a large one waits for them: see {@link Kernels#awaitFast}.
     *
     * @param memory where packed weights live
     */
    public static Kernels forModel(GgufFile file, KernelPool pool, WeightMemory memory) {
        Set<GgmlType> types = EnumSet.noneOf(GgmlType.class);
        long weights = 0;
        for (GgufTensorInfo tensor : file.tensors().values()) {
            weights += tensor.valueCount();
            if (tensor.dimensions().size() > 1) {
                types.add(tensor.type());
            }
        }
        types.retainAll(Dequantiser.supportedTypes());
        return forModel(types, weights, pool, memory.arena());
    }

    static Kernels forModel(Set<GgmlType> types, long weights, KernelPool pool, Arena memory) {
        KernelSelection best = best(pool, memory);
        if (best.problem().isPresent()) {
            return best.kernels();
        }
        WarmingKernels kernels =
                new WarmingKernels(
                        new ScalarKernels(pool, memory),
                        vector(pool, memory),
                        KernelSelection::warmUp);
        if (weights > WarmingKernels.SMALL_MODEL_WEIGHTS) {
            kernels.warmUp(types);
        }
        return kernels;
    }

    /** Gets the vector kernels compiled and checks them, on data of their own. */
    private static boolean warmUp(Set<GgmlType> types) {
        // A pool of one thread, which has none of its own.
        PackedKernels own = vector(new KernelPool(1), Arena.ofAuto());
        boolean compiled = new VectorWarmUp(types, own).run();
        if (compiled) {
            new KernelCheck(new KernelMeter(own))
                    .problems(types)
                    .forEach(text -> LOG.log(System.Logger.Level.WARNING, text));
        }
        return compiled;
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
        if (machineBits < LEAST_BITS) {
            return Optional.of(
                    "Vector kernels are off: they need registers of "
                            + LEAST_BITS
                            + " bits, this machine and Java have "
                            + machineBits
                            + "; scalar kernels are used, which are many times slower. On x86 a"
                            + " CPU with AVX2 is best, and no java option that turns it off");
        }
        return Optional.empty();
    }
}
