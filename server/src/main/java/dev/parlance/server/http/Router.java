package dev.parlance.server.http;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds the handler of a method and a path: exact paths first, then prefixes, longest first. Every
 * path is for holders of a key only, unless it was opened.
 *
 * <p>Threads: immutable. A handler for GET answers HEAD too.
 */
public final class Router {
    private record Prefix(String path, String method, HttpHandler handler) {}

    private final Map<String, Map<String, HttpHandler>> exact;
    private final List<Prefix> prefixes;
    private final Set<String> open;

    private Router(
            Map<String, Map<String, HttpHandler>> exact, List<Prefix> prefixes, Set<String> open) {
        this.exact = exact;
        this.prefixes = prefixes;
        this.open = open;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Whether a path needs no key. */
    boolean isOpen(String path) {
        return open.contains(path);
    }

    /**
     * @throws HttpProblem if no route has this path, or none with this method
     */
    HttpHandler find(String method, String path) {
        String wanted = method.equals("HEAD") ? "GET" : method;
        Map<String, HttpHandler> byMethod = new LinkedHashMap<>();
        for (Prefix prefix : prefixes) {
            if (path.startsWith(prefix.path) && path.length() > prefix.path.length()) {
                byMethod.putIfAbsent(prefix.method, prefix.handler);
            }
        }
        byMethod.putAll(exact.getOrDefault(path, Map.of()));
        HttpHandler handler = byMethod.get(wanted);
        if (handler != null) {
            return handler;
        }
        if (byMethod.isEmpty()) {
            throw HttpProblem.notFound();
        }
        TreeSet<String> allowed = new TreeSet<>(byMethod.keySet());
        if (allowed.contains("GET")) {
            allowed.add("HEAD");
        }
        allowed.add("OPTIONS");
        throw HttpProblem.methodNotAllowed(String.join(", ", allowed));
    }

    /** Collects routes. Threads: one at a time. */
    public static final class Builder {
        private final Map<String, Map<String, HttpHandler>> exact = new LinkedHashMap<>();
        private final List<Prefix> prefixes = new ArrayList<>();
        private final Set<String> open = new HashSet<>();

        private Builder() {}

        public Builder get(String path, HttpHandler handler) {
            return add("GET", path, handler);
        }

        public Builder post(String path, HttpHandler handler) {
            return add("POST", path, handler);
        }

        /** A route for every longer path that begins so. */
        public Builder getPrefix(String path, HttpHandler handler) {
            prefixes.add(new Prefix(path, "GET", handler));
            return this;
        }

        /** Lets everybody use a path, with a key or without. */
        public Builder open(String path) {
            open.add(path);
            return this;
        }

        private Builder add(String method, String path, HttpHandler handler) {
            Map<String, HttpHandler> byMethod =
                    exact.computeIfAbsent(path, _ -> new LinkedHashMap<>());
            if (byMethod.putIfAbsent(method, handler) != null) {
                throw new IllegalArgumentException("two routes for " + method + " " + path);
            }
            return this;
        }

        public Router build() {
            Map<String, Map<String, HttpHandler>> copy = new LinkedHashMap<>();
            exact.forEach((path, byMethod) -> copy.put(path, Map.copyOf(byMethod)));
            List<Prefix> longestFirst = new ArrayList<>(prefixes);
            longestFirst.sort((a, b) -> Integer.compare(b.path.length(), a.path.length()));
            return new Router(Map.copyOf(copy), List.copyOf(longestFirst), Set.copyOf(open));
        }
    }
}
