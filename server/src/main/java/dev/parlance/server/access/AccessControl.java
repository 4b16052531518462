package dev.parlance.server.access;

import io.github.bucket4j.TimeMeter;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells who sends a request by its key.
 *
 * <p>Threads: safe.
 */
public final class AccessControl {
    private static final Pattern BEARER =
            Pattern.compile("Bearer +(\\S+) *", Pattern.CASE_INSENSITIVE);

    private record Entry(ApiKey key, byte[] sha256, Caller caller) {}

    private final TimeMeter clock;
    private volatile List<Entry> entries = List.of();

    private AccessControl(TimeMeter clock) {
        this.clock = clock;
    }

    /** No keys: everybody may do everything. */
    public static AccessControl open() {
        return of(List.of());
    }

    /**
     * Only holders of these keys are let in; without keys, everybody is.
     *
     * @throws IllegalArgumentException if two keys are the same or have the same name
     */
    public static AccessControl of(List<ApiKey> keys) {
        return of(keys, TimeMeter.SYSTEM_NANOTIME);
    }

    static AccessControl of(List<ApiKey> keys, TimeMeter clock) {
        AccessControl access = new AccessControl(clock);
        access.entries = access.entries(keys);
        return access;
    }

    /**
     * Lets in the holders of these keys from now on, and nobody else. A key that is the same as
     * before, in all that is said of it, keeps what it has used; another begins with full limits.
     * Requests that were let in go on.
     *
     * @return whether that made a difference
     * @throws IllegalArgumentException as {@link #of} does, or if there are no keys: a server that
     *     needed one must not serve everybody all at once; then all stays as it was
     */
    synchronized boolean replaceKeys(List<ApiKey> keys) {
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("no API key would be left");
        }
        List<Entry> before = entries;
        entries = entries(keys);
        return !Set.copyOf(entries).equals(Set.copyOf(before));
    }

    private List<Entry> entries(List<ApiKey> keys) {
        Map<ApiKey, Entry> before = new HashMap<>();
        entries.forEach(entry -> before.put(entry.key, entry));
        Set<String> names = new HashSet<>();
        Set<String> hashes = new HashSet<>();
        List<Entry> made = new ArrayList<>();
        for (ApiKey key : keys) {
            if (!names.add(key.name())) {
                throw new IllegalArgumentException(
                        "two API keys are named '" + key.name() + "'; give one another name");
            }
            if (!hashes.add(key.sha256())) {
                throw new IllegalArgumentException(
                        "the API key '" + key.name() + "' is the same as another one");
            }
            made.add(before.computeIfAbsent(key, this::newEntry));
        }
        return List.copyOf(made);
    }

    private Entry newEntry(ApiKey key) {
        return new Entry(key, HexFormat.of().parseHex(key.sha256()), Caller.of(key, clock));
    }

    /** Whether no key is needed. */
    public boolean isOpen() {
        return entries.isEmpty();
    }

    /**
     * Who sends a request. Without keys that is {@link Caller#ANYONE}, whatever the header says:
     * many clients cannot be told to send none.
     *
     * @param authorization value of the header of that name
     * @throws InvalidKeyException if a key is needed and the header has none that is known
     */
    public Caller identify(Optional<String> authorization) {
        if (isOpen()) {
            return Caller.ANYONE;
        }
        byte[] presented = ApiKey.digest(secret(authorization));
        Optional<Caller> found = Optional.empty();
        // Every key is looked at, and every one takes the same time: how long this takes must not
        // tell how much of a guess was right.
        for (Entry entry : entries) {
            if (MessageDigest.isEqual(entry.sha256, presented)) {
                found = Optional.of(entry.caller);
            }
        }
        return found.orElseThrow(() -> new InvalidKeyException("Incorrect API key provided"));
    }

    private static String secret(Optional<String> authorization) {
        Matcher bearer = BEARER.matcher(authorization.orElse(""));
        if (!bearer.matches()) {
            throw new InvalidKeyException(
                    "You didn't provide an API key; send it in the header 'Authorization: Bearer"
                            + " YOUR_KEY'");
        }
        return bearer.group(1);
    }
}
