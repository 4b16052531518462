package dev.parlance.app.cli;

/** A command that cannot do its work; the message is for the person who gave it. */
final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1;

    CommandException(String message) {
        super(message);
    }
}
