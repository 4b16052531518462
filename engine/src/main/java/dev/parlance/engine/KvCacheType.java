package dev.parlance.engine;

/** How keys and values of earlier positions are kept: the less memory, the more rounding. */
public enum KvCacheType {
    /** Exact, 4 bytes a value. */
    F32,

    /** Half precision, 2 bytes a value. */
    F16,

    /** 8 bits and a scale for every 32 values. */
    Q8_0
}
