package dev.parlance.contract;

import java.net.URI;
import java.time.Duration;

/**
 * What a client is told when it is made.
 *
 * @param retries how often it tries again where the server says that this may help
 * @param timeout how long it waits for an answer
 */
record Access(URI server, String key, int retries, Duration timeout) {
    /** A client of this program that does not try again and waits long. */
    static Access to(Program program) {
        return to(program.baseUrl());
    }

    static Access to(URI server) {
        return new Access(server, Program.KEY, 0, Duration.ofMinutes(1));
    }

    /** No key if it is empty. */
    Access withKey(String other) {
        return new Access(server, other, retries, timeout);
    }

    Access withRetries(int count) {
        return new Access(server, key, count, timeout);
    }

    Access withTimeout(Duration other) {
        return new Access(server, key, retries, other);
    }

    /** As clients of OpenAI's API want it. */
    String baseUrl() {
        return server + "/v1";
    }
}
