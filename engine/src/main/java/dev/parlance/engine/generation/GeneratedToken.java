package dev.parlance.engine.generation;

import dev.parlance.engine.sampling.TokenLogprobs;

import java.util.Optional;

/**
 * One token of a continuation and where its text stands.
 *
 * @param id the token
 * @param textOffset Unicode characters of the continuation's text before this token's first; a
 *     token that begins inside a character stands where that character does
 * @param logprobs its log probabilities, if they were asked for
 */
public record GeneratedToken(int id, int textOffset, Optional<TokenLogprobs> logprobs) {}
