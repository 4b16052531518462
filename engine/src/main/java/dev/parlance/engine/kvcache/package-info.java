/**
 * Keys and values of positions already computed, in fixed-size blocks that sequences own or share.
 * Entry type: {@link dev.parlance.engine.kvcache.KvCache}. Owned by the engine thread.
 */
package dev.parlance.engine.kvcache;
