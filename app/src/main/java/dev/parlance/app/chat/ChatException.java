package dev.parlance.app.chat;

/** There is no answer; the message says why, in one sentence for the person who asked. */
public final class ChatException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ChatException(String message) {
        super(message);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
