package dev.parlance.app.bench.serve;

import java.util.List;
import java.util.random.RandomGenerator;

/** A request of one message. */
record Question(String prompt, int outputTokens) {
    /** Random words, in lengths as the measurement has them. */
    static Question draw(Side side, Measurement measurement, RandomGenerator random) {
        String prompt = side.lexicon().prompt(measurement.promptTokens().draw(random), random);
        return new Question(prompt, measurement.outputTokens().draw(random));
    }

    Exchange ask(OpenAiClient client, String part, long dueNanos) throws InterruptedException {
        return ask(client, part, dueNanos, new Recording());
    }

    Exchange ask(OpenAiClient client, String part, long dueNanos, Recording recording)
            throws InterruptedException {
        return client.ask(part, List.of(Message.user(prompt)), outputTokens, dueNanos, recording);
    }
}
