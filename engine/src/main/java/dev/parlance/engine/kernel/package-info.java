/**
 * The arithmetic of the forward pass; the only package that knows the CPU. Entry types: {@link
 * dev.parlance.engine.kernel.KernelSelection} chooses the {@link
 * dev.parlance.engine.kernel.Kernels}, which share a {@link dev.parlance.engine.kernel.KernelPool}.
 * {@link dev.parlance.engine.kernel.ScalarKernels} define every result, in fixed orders of
 * addition; the others agree bit for bit.
 */
package dev.parlance.engine.kernel;
