package dev.parlance.app.cli;

import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonString;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * One chat request to a server of this program, so that everything a first request needs has been
 * loaded once. The start script has it done after a build, for the JVM's archive of classes.
 *
 * @param port of a server on this machine
 */
record Rehearsal(int port, String modelName) {
    /**
     * Asks, and reads the whole answer.
     *
     * @throws CommandException if it is not a good one
     */
    void run() throws IOException {
        byte[] body =
                ("{\"model\": "
                                + Json.write(new JsonString(modelName))
                                + ", \"stream\": true, \"max_tokens\": 8, \"messages\":"
                                + " [{\"role\": \"user\", \"content\": \"Hello\"}]}")
                        .getBytes(StandardCharsets.UTF_8);
        String head =
                "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                        + "Content-Type: application/json\r\nContent-Length: "
                        + body.length
                        + "\r\n\r\n";
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(body);
            InputStream answer = socket.getInputStream();
            String text = new String(answer.readAllBytes(), StandardCharsets.UTF_8);
            if (!text.contains("[DONE]")) {
                throw new CommandException(
                        "the rehearsal failed: " + text.lines().findFirst().orElse("no answer"));
            }
        }
    }
}
