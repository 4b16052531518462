package dev.parlance.engine.generation;

/**
 * How much work may wait for an engine and run in it. Requests beyond that are refused with {@link
 * QueueFullException}. All are 1 or more.
 *
 * @param waitingRequests most requests that wait for their first computation; default 256
 * @param waitingTokens most tokens of the prompts of those; a request that waits alone may have
 *     more; default 65,536
 * @param tenantWaitingRequests most waiting requests of one tenant; default no limit of its own
 * @param tenantRunningSequences most choices of one tenant that are computed at once; further ones
 *     wait and let other tenants pass; default no limit of its own
 */
public record AdmissionLimits(
        int waitingRequests,
        int waitingTokens,
        int tenantWaitingRequests,
        int tenantRunningSequences) {
    /** The defaults. */
    public static final AdmissionLimits DEFAULT =
            new AdmissionLimits(256, 1 << 16, Integer.MAX_VALUE, Integer.MAX_VALUE);

    public AdmissionLimits {
        require("waitingRequests", waitingRequests);
        require("waitingTokens", waitingTokens);
        require("tenantWaitingRequests", tenantWaitingRequests);
        require("tenantRunningSequences", tenantRunningSequences);
    }

    private static void require(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be 1 or more, got " + value);
        }
    }

    public AdmissionLimits withWaitingRequests(int newWaitingRequests) {
        return new AdmissionLimits(
                newWaitingRequests, waitingTokens, tenantWaitingRequests, tenantRunningSequences);
    }

    public AdmissionLimits withWaitingTokens(int newWaitingTokens) {
        return new AdmissionLimits(
                waitingRequests, newWaitingTokens, tenantWaitingRequests, tenantRunningSequences);
    }

    public AdmissionLimits withTenantWaitingRequests(int newTenantWaitingRequests) {
        return new AdmissionLimits(
                waitingRequests, waitingTokens, newTenantWaitingRequests, tenantRunningSequences);
    }

    public AdmissionLimits withTenantRunningSequences(int newTenantRunningSequences) {
        return new AdmissionLimits(
                waitingRequests, waitingTokens, tenantWaitingRequests, newTenantRunningSequences);
    }
}
