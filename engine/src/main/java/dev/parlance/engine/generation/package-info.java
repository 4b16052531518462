/**
 * What is asked of an engine and what it answers: one request type, one event type. Entry types:
 * {@link dev.parlance.engine.generation.GenerationBackend}, {@link
 * dev.parlance.engine.generation.GenerationRequest}, {@link
 * dev.parlance.engine.generation.GenerationEvent}.
 */
package dev.parlance.engine.generation;
