package dev.parlance.app.bench.serve;

/** Which of OpenAI's two generating endpoints is measured. */
public enum Api {
    CHAT("/chat/completions"),
    /** Takes plain text, so that a model needs no chat template. */
    COMPLETIONS("/completions");

    private final String path;

    Api(String path) {
        this.path = path;
    }

    String path() {
        return path;
    }
}
