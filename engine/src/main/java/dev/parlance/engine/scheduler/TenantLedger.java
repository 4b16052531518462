package dev.parlance.engine.scheduler;

import java.util.HashMap;
import java.util.Map;

/**
 * How much work each tenant has had, and how much of it runs.
 *
 * <p>A tenant's virtual time grows by the tokens computed for it: {@value #PROMPT_WEIGHT} for one
 * of a prompt, charged when the sequence starts, so that its next one already counts it; {@value
 * #GENERATED_WEIGHT} for a generated one, since a step computes few of them for the time of many of
 * a prompt. A tenant that comes, or comes back, begins with the least of those that are there:
 * having been away is no claim, and what it had more than others is not forgotten either while they
 * stay.
 *
 * <p>Source: Sheng et al., "Fairness in Serving Large Language Models" (2024), the virtual token
 * counter. Threads: the engine thread.
 */
final class TenantLedger {
    static final int PROMPT_WEIGHT = 1;
    static final int GENERATED_WEIGHT = 2;

    private static final class Account {
        long virtualTime;
        int requests;
        int runningSequences;
    }

    private final Map<String, Account> accounts = new HashMap<>();

    /** A request of the tenant was accepted. */
    void opened(String tenant) {
        Account account = accounts.get(tenant);
        if (account == null || account.requests == 0) {
            // Somebody is there whenever somebody is remembered.
            long floor = accounts.isEmpty() ? 0 : floor();
            account = accounts.computeIfAbsent(tenant, _ -> new Account());
            account.virtualTime = Math.max(account.virtualTime, floor);
        }
        account.requests++;
    }

    /** A request of the tenant has ended. */
    void closed(String tenant) {
        account(tenant).requests--;
        // Without this, every tenant that ever came would be remembered.
        long floor = floor();
        accounts.values()
                .removeIf(account -> account.requests == 0 && account.virtualTime <= floor);
    }

    /** The least virtual time of those that have requests; beyond all if nobody has. */
    private long floor() {
        return accounts.values().stream()
                .filter(account -> account.requests > 0)
                .mapToLong(account -> account.virtualTime)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /** A sequence of the tenant starts and has so many tokens of its prompt to compute. */
    void started(String tenant, int promptTokens) {
        account(tenant).runningSequences++;
        account(tenant).virtualTime += (long) PROMPT_WEIGHT * promptTokens;
    }

    void generated(String tenant) {
        account(tenant).virtualTime += GENERATED_WEIGHT;
    }

    /** A sequence of the tenant runs no more. */
    void stopped(String tenant) {
        account(tenant).runningSequences--;
    }

    long virtualTime(String tenant) {
        return account(tenant).virtualTime;
    }

    int runningSequences(String tenant) {
        return account(tenant).runningSequences;
    }

    /** How many tenants it remembers. */
    int size() {
        return accounts.size();
    }

    private Account account(String tenant) {
        Account account = accounts.get(tenant);
        if (account == null) {
            throw new IllegalStateException("a tenant without requests has no account");
        }
        return account;
    }
}
