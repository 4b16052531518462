/**
 * Hyperparameters, weights and the transformer forward pass; one architecture record per model
 * family. Entry types: {@link dev.parlance.engine.model.ModelLoader} makes a {@link
 * dev.parlance.engine.model.LanguageModel}, which computes a {@link
 * dev.parlance.engine.model.Batch}. Used by the scheduler and the engine's facade. Threads: loading
 * on any one thread, computing on the engine thread.
 */
package dev.parlance.engine.model;
