/**
 * Vocabulary, text to token ids and back. Entry types: {@link
 * dev.parlance.engine.tokenizer.Tokenizers} loads a {@link
 * dev.parlance.engine.tokenizer.Tokenizer}, which makes {@link
 * dev.parlance.engine.tokenizer.Detokenizer}s. Tokenizers are immutable and safe for any thread; a
 * detokenizer belongs to one.
 */
package dev.parlance.engine.tokenizer;
