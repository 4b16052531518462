/**
 * Reads GGUF model files: header, typed metadata, tensor directory, memory map. Entry type: {@link
 * dev.parlance.engine.gguf.GgufFile}. Trusts nothing it reads: every count is bounded before
 * anything is allocated. Everything is immutable and safe for any thread.
 */
package dev.parlance.engine.gguf;
