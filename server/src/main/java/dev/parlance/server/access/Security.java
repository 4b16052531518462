package dev.parlance.server.access;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How the outside is let in.
 *
 * @param access who needs a key
 * @param anyHostName whether a server of this machine alone, which needs no key, answers under any
 *     name; otherwise only under names that cannot belong to a page on the web, which could
 *     otherwise pass itself off as this server
 * @param corsOrigins origins such as {@code https://chat.example} whose pages may call the server
 *     from a browser; {@code *} is all
 * @param tls for HTTPS; empty: plain HTTP
 */
public record Security(
        AccessControl access,
        boolean anyHostName,
        Set<String> corsOrigins,
        Optional<TlsFiles> tls) {
    private static final Pattern ORIGIN = Pattern.compile("\\*|[a-z][a-z0-9+.-]*://[^/\\s,*]+");

    /** No keys, no pages of browsers, no encryption: for this machine alone. */
    public static final Security NONE =
            new Security(AccessControl.open(), false, Set.of(), Optional.empty());

    public Security {
        corsOrigins = Set.copyOf(corsOrigins);
        for (String origin : corsOrigins) {
            if (!ORIGIN.matcher(origin).matches()) {
                throw new IllegalArgumentException(
                        "an origin must be like https://chat.example or http://localhost:3000,"
                                + " without a path, or *; got '"
                                + origin
                                + "'");
            }
        }
    }
}
