package dev.parlance.engine.generation;

/**
 * With which other requests one shares the keys and values of tokens that both begin with. The
 * choices of one request share them always.
 *
 * @param enabled whether it uses what others computed and leaves them what it computes
 * @param salt only with requests of the same one; empty: with all that have none
 */
public record KvSharing(boolean enabled, String salt) {
    /** With every request that names no salt. */
    public static final KvSharing WITH_ALL = new KvSharing(true, "");

    /** With none: everything is computed. */
    public static final KvSharing NONE = new KvSharing(false, "");

    /** With the requests of the same salt. */
    public static KvSharing within(String salt) {
        return new KvSharing(true, salt);
    }
}
