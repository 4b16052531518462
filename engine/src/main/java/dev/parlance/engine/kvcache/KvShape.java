package dev.parlance.engine.kvcache;

/**
 * What a position has keys and values for.
 *
 * @param heads key/value heads of each layer
 * @param headLength floats of one head's key; as many as of its value
 */
public record KvShape(int layers, int heads, int headLength) {}
