/**
 * Measures how fast the engine runs a model, also beside llama.cpp. Entry types: {@link
 * dev.parlance.app.bench.Benchmark} and {@link dev.parlance.app.bench.Comparison}.
 */
package dev.parlance.app.bench;
