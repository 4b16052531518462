package dev.parlance.engine;

import dev.parlance.engine.kernel.KernelPool;
import dev.parlance.engine.kernel.KernelSelection;
import dev.parlance.engine.kernel.MachineProbe;

/**
 * What some threads of this machine can do at best: the yardstick for a model's speed.
 *
 * @param threads how many work together
 * @param kernels which kernels models get here: {@code vector 256} or {@code scalar}
 * @param multiplyAddsPerSecond float32 fused multiply-adds, in registers
 * @param readBytesPerSecond memory read in order
 */
public record MachineLimits(
        int threads, String kernels, double multiplyAddsPerSecond, double readBytesPerSecond) {
    /**
     * Measures them; best of several rounds, since others may use the machine too.
     *
     * <p>Cost: a few seconds of all threads, and half a GiB of memory for that time.
     *
     * @throws IllegalArgumentException if {@code threads} is not 1 or more
     */
    public static MachineLimits measure(int threads) {
        try (KernelPool pool = new KernelPool(threads)) {
            MachineProbe probe = MachineProbe.of(pool);
            return new MachineLimits(
                    threads,
                    KernelSelection.best(pool).name(),
                    probe.multiplyAddsPerSecond(),
                    probe.readBytesPerSecond());
        }
    }
}
