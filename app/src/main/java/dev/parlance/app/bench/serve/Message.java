package dev.parlance.app.bench.serve;

/** A part of a conversation. */
record Message(Role role, String text) {
    enum Role {
        SYSTEM,
        USER,
        ASSISTANT
    }

    static Message user(String text) {
        return new Message(Role.USER, text);
    }
}
