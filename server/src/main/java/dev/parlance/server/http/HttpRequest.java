package dev.parlance.server.http;

import dev.parlance.server.access.Grant;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A request whose body has arrived completely.
 *
 * @param id names the request in headers, errors and logs
 * @param path the path as it was sent, percent-escapes included, without the query
 * @param headers first value of each header; names in lower case
 * @param body the decoded body; empty when there is none
 * @param clientGone set when the client closes the connection before it has its answer
 * @param stopped set when the server stops and the time to finish is over: what answers now is
 *     still sent
 * @param scope what is held until the answer is complete
 * @param grant for whom it is, and what it may use
 */
public record HttpRequest(
        String id,
        String method,
        String path,
        Map<String, String> headers,
        byte[] body,
        Cancellation clientGone,
        Cancellation stopped,
        RequestScope scope,
        Grant grant) {
    /** OpenAI takes as many. */
    private static final int MAX_LOGGED_CHARS = 512;

    public HttpRequest {
        headers = Map.copyOf(headers);
    }

    /**
     * How logs name the request: by its id, and by the one that the client, or a proxy before us,
     * has given it.
     */
    public String logName() {
        return header(ResponseHeaders.CLIENT_REQUEST_ID)
                .or(() -> header(ResponseHeaders.REQUEST_ID))
                .map(theirs -> id + " (client's id: " + cleaned(theirs) + ")")
                .orElse(id);
    }

    /** Short, and without anything that could pass for a line of the log. */
    private static String cleaned(String text) {
        String start = text.substring(0, Math.min(text.length(), MAX_LOGGED_CHARS));
        return start.replaceAll("[^\\x20-\\x7e]", "?");
    }

    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }

    /**
     * What follows a prefix of the path, percent-escapes decoded.
     *
     * @throws HttpProblem of kind NOT_FOUND if the rest is empty or its escapes are broken
     */
    public String pathAfter(String prefix) {
        String rest = path.substring(prefix.length());
        try {
            // In a path a plus is a plus; only forms read it as a space.
            String decoded = URLDecoder.decode(rest.replace("+", "%2B"), StandardCharsets.UTF_8);
            if (!decoded.isEmpty()) {
                return decoded;
            }
        } catch (IllegalArgumentException brokenEscape) {
            // Answered below: no such thing can have been listed.
        }
        throw HttpProblem.notFound();
    }
}
