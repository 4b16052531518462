package dev.parlance.engine.kvcache;

import java.util.List;

/**
 * What a sequence wants of the cache.
 *
 * @param tokens positions that it may come to have
 * @param ahead most of them that are computed between one call of {@link KvCache#slide} and the
 *     next, from the position on that the first of them names; {@code tokens} if there are no such
 *     calls
 * @param prefix the keys of its first blocks, fewer than {@code tokens} fill; empty: nothing is to
 *     be reused
 */
public record KvDemand(int tokens, int ahead, List<PrefixKey> prefix) {
    /** Of a sequence that keeps all its positions. */
    static KvDemand of(int tokens, List<PrefixKey> prefix) {
        return new KvDemand(tokens, tokens, prefix);
    }
}
