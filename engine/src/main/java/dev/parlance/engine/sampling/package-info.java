/**
 * From logits to a token: parameters, processors, samplers. Entry types: {@link
 * dev.parlance.engine.sampling.SamplingParams}, {@link dev.parlance.engine.sampling.Sampler}.
 */
package dev.parlance.engine.sampling;
