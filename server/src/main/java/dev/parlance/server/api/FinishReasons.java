package dev.parlance.server.api;

import dev.parlance.engine.generation.FinishReason;

/** Writes finish reasons in OpenAI's words. */
public final class FinishReasons {
    private FinishReasons() {}

    public static String wireName(FinishReason reason) {
        return switch (reason) {
            case STOP_TOKEN, STOP_SEQUENCE -> "stop";
            case LENGTH -> "length";
        };
    }
}
