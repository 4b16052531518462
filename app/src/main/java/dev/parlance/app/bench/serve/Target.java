package dev.parlance.app.bench.serve;

import java.net.URI;
import java.util.Optional;

/**
 * A server to measure.
 *
 * @param name for the report
 * @param url what OpenAI's clients call the base URL, such as {@code http://127.0.0.1:8080/v1}
 * @param model its name there; absent: the first one that the server lists
 */
public record Target(String name, URI url, Optional<String> model, Optional<String> apiKey) {
    public Target {
        boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
        if (!web || url.getHost() == null) {
            throw new IllegalArgumentException(
                    "a server's URL begins with http:// or https:// and names a host, got '"
                            + url
                            + "'");
        }
    }

    /** An endpoint under the base URL. */
    URI endpoint(String path) {
        return URI.create(base() + path);
    }

    /** An endpoint beside {@code /v1}, as servers have their own ones. */
    URI ownEndpoint(String path) {
        return URI.create(base().replaceFirst("/v1$", "") + path);
    }

    private String base() {
        return url.toString().replaceFirst("/+$", "");
    }
}
