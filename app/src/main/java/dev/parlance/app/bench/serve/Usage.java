package dev.parlance.app.bench.serve;

/**
 * Tokens of a request as the server counted them.
 *
 * @param cachedTokens of the prompt's, those that were not computed anew
 */
record Usage(int promptTokens, int cachedTokens, int completionTokens) {}
