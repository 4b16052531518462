package dev.parlance.app.cli;

import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonString;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What {@code serve} says when it is ready: where, what, and what to do next.
 *
 * @param modelNames one or more
 * @param contextLength of the first model, if it is loaded
 * @param host as it was asked for
 * @param tls whether it serves HTTPS
 * @param needsKey whether clients must send a key
 * @param embedded whether the model is the one that comes with the program
 */
record Announcement(
        List<String> modelNames,
        Optional<Integer> contextLength,
        String host,
        int port,
        boolean tls,
        boolean needsKey,
        boolean embedded) {
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        String url = (tls ? "https://" : "http://") + urlHost() + ":" + port + "/v1";
        lines.add(modelNames.size() == 1 ? serving(url) : servingSeveral(url));
        if (embedded) {
            lines.add(
                    "This is a tiny built-in model for a first try: it chats a little, and knows"
                            + " next to nothing.");
        }
        lines.add(
                "Try: curl "
                        + url
                        + "/chat/completions -H 'Content-Type: application/json' "
                        + (needsKey ? "-H 'Authorization: Bearer YOUR_KEY' " : "")
                        + "-d '{\"model\": "
                        + Json.write(new JsonString(modelNames.getFirst())).replace("'", "'\\''")
                        + ", \"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}'");
        if (embedded) {
            lines.add("For real work bring a model in GGUF format: parlance serve --model FILE");
        }
        return lines;
    }

    private String serving(String url) {
        return "Serving "
                + modelNames.getFirst()
                + " at "
                + url
                + contextLength.map(tokens -> " (context " + tokens + ")").orElse("");
    }

    private String servingSeveral(String url) {
        return "Serving "
                + modelNames.size()
                + " models at "
                + url
                + ": "
                + String.join(", ", modelNames);
    }

    private String urlHost() {
        if (host.equals("0.0.0.0") || host.equals("::")) {
            return "localhost";
        }
        return host.contains(":") ? "[" + host + "]" : host;
    }
}
