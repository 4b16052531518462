package dev.parlance.server.http;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Tells names of this machine from names that somebody on the web may own.
 *
 * <p>A page may have its own name resolve to 127.0.0.1 once it has been loaded ("DNS rebinding");
 * the browser then takes this server for the page's own. Its requests still name the page's host.
 */
final class HostNames {
    /** Endings that no public name has. */
    private static final Pattern PRIVATE =
            Pattern.compile("([^.]+|.*\\.(localhost|local|internal|lan|home\\.arpa))\\.?");

    /** Addresses need no resolving, so nobody can bend where they lead. */
    private static final Pattern ADDRESS =
            Pattern.compile("\\d+(\\.\\d+){3}|\\[?[0-9a-f:.%]*:[0-9a-f:.%]*]?");

    private HostNames() {}

    /**
     * @param host without the port
     */
    static boolean isPrivate(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        return ADDRESS.matcher(name).matches() || PRIVATE.matcher(name).matches();
    }
}
