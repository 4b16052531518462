/**
 * The engine's front door: load a model, submit work. Entry types: {@link
 * dev.parlance.engine.Engine}, {@link dev.parlance.engine.LoadedModel}.
 */
package dev.parlance.engine;
