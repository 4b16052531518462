package dev.parlance.engine.kvcache;

/** How keys and values are kept: as they are, or rounded to take less memory. */
public enum KvStorage {
    /** Exact: 4 bytes a value. */
    F32,

    /** Half precision: 2 bytes a value, 11 significant bits. */
    F16,

    /** Whole numbers of 8 bits and a scale for every 32 dimensions: 1.125 bytes a value. */
    Q8_0
}
