/**
 * JMH benchmarks of single kernels; {@code make bench-kernels} runs them. Speed of whole models:
 * {@code parlance bench}.
 */
@NullMarked
package dev.parlance.bench;

import org.jspecify.annotations.NullMarked;
