package dev.parlance.app.cli;

import java.util.Map;

/** How a chat looks: with colours, unless nobody sees them or wants them. */
enum ChatStyle {
    PLAIN("", "", ""),
    COLOURED("\u001b[1;32m", "\u001b[2m", "\u001b[0m");

    private final String promptStart;
    private final String noteStart;
    private final String end;

    ChatStyle(String promptStart, String noteStart, String end) {
        this.promptStart = promptStart;
        this.noteStart = noteStart;
        this.end = end;
    }

    /** By the convention of no-color.org. */
    static ChatStyle of(boolean terminal, Map<String, String> environment) {
        boolean unwanted =
                !environment.getOrDefault("NO_COLOR", "").isEmpty()
                        || "dumb".equals(environment.get("TERM"));
        return terminal && !unwanted ? COLOURED : PLAIN;
    }

    String prompt(String text) {
        return promptStart + text + end;
    }

    String note(String text) {
        return noteStart + text + end;
    }
}
