/**
 * Matrices of stored weights over mapped memory, and what their bytes mean. Entry types: {@link
 * dev.parlance.engine.tensor.Matrix}, {@link dev.parlance.engine.tensor.Dequantiser}. Everything is
 * immutable and safe for any thread.
 */
package dev.parlance.engine.tensor;
