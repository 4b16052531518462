package dev.parlance.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.parlance.contract.Conversation.Turn;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What every client in Java can do and must see, against the packaged program and the model inside
 * it. A class per client says how that client does it, and tests what only that client can do.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ClientContract {
    static final String MODEL = "parlance-tiny";
    static final String GREETING = "Hello! Who are you?";
    static final int MAX_TOKENS = 40;

    /** So many tokens that nobody waits for the end. */
    static final int WITHOUT_END = 1000;

    static final int CHOICES = 128;

    /** More than one attempt needs, because a busy machine may be slow to make room. */
    static final int RETRIES = 5;

    private static final Duration ALMOST_A_SECOND = Duration.ofMillis(900);
    private static final int LONGER_THAN_THE_CONTEXT = 3000;

    private static final Duration NOT_LONG = Duration.ofSeconds(1);

    private GuardedProgram guarded;
    private Program program;

    /**
     * One question at temperature 0.
     *
     * @param stop a stop sequence, if any
     */
    record Question(String model, String text, double temperature, Optional<String> stop) {
        static Question of(String text) {
            return new Question(MODEL, text, 0, Optional.empty());
        }

        Question withModel(String other) {
            return new Question(other, text, temperature, stop);
        }

        Question withTemperature(double other) {
            return new Question(model, text, other, stop);
        }

        Question withStop(String other) {
            return new Question(model, text, temperature, Optional.of(other));
        }
    }

    /** What a client made of an answer. */
    record Answer(String text, String finishReason, long promptTokens, long completionTokens) {}

    /** The client's own exceptions. */
    record Exceptions(
            Class<? extends Exception> badRequest,
            Class<? extends Exception> unauthorized,
            Class<? extends Exception> notFound,
            Class<? extends Exception> rateLimited,
            Class<? extends Exception> unavailable) {}

    /**
     * A client of one server.
     *
     * <p>Questions are asked at most {@value #MAX_TOKENS} tokens of answer.
     */
    interface Client extends AutoCloseable {
        Answer ask(Question question) throws Exception;

        /** The same, streamed, with the usage at the stream's end; the pieces put together. */
        Answer stream(Question question) throws Exception;

        /**
         * Asks for {@value #WITHOUT_END} tokens and leaves when the first of them have come. Ends
         * of the answer are to be ignored.
         */
        void leaveAfterTheFirstPiece(Question question) throws Exception;

        /**
         * Asks for a whole answer of so many tokens that nobody waits for it: {@value #CHOICES}
         * times {@value #WITHOUT_END}.
         */
        void askWithoutEnd(Question question) throws Exception;

        /** A header of the answer to a question, or ""; absent where the client shows none. */
        Optional<String> headerOfAnswer(Question question, String name);

        /** The names of the models; absent where the client cannot list them. */
        Optional<List<String>> models();

        @Override
        void close();
    }

    abstract Client connect(Access access);

    abstract Exceptions exceptions();

    /** A header of an error that the client threw, or ""; absent where the client shows none. */
    abstract Optional<String> headerOfError(Throwable error, String name);

    /** Whether the client asks when its key is empty. */
    abstract boolean asksWithoutAKey();

    /** Whether the client does what Retry-After and x-should-retry say. */
    abstract boolean triesAgainAsToldTo();

    final Program program() {
        return program;
    }

    @BeforeAll
    final void startTheProgram() throws IOException {
        guarded = new GuardedProgram();
        program = guarded.program();
    }

    @AfterAll
    final void stopTheProgram() throws IOException {
        guarded.close();
    }

    @Test
    final void answers() throws Exception {
        try (Client client = connect(Access.to(program))) {
            Answer answer = client.ask(Question.of(GREETING));

            assertThat(answer.text()).contains("Parlance");
            assertThat(answer.finishReason()).isEqualToIgnoringCase("stop");
            assertThat(answer.promptTokens()).isPositive();
            assertThat(answer.completionTokens()).isBetween(2L, (long) MAX_TOKENS);
        }
    }

    @Test
    final void streamsToTheSameAnswer() throws Exception {
        try (Client client = connect(Access.to(program))) {
            Question question = Question.of(GREETING);

            assertThat(client.stream(question)).isEqualTo(client.ask(question));
        }
    }

    @Test
    final void endsBeforeAStopSequence() throws Exception {
        try (Client client = connect(Access.to(program))) {
            Question question = Question.of(GREETING);
            String whole = client.ask(question).text();

            Question stopped = question.withStop("Parlance");
            String expected = whole.substring(0, whole.indexOf("Parlance"));
            assertThat(client.ask(stopped).text()).isEqualTo(expected);
            assertThat(client.stream(stopped).text()).isEqualTo(expected);
        }
    }

    @Test
    final void listsTheModel() {
        try (Client client = connect(Access.to(program))) {
            Optional<List<String>> models = client.models();

            assumeThat(models).as("a client that lists models").isPresent();
            assertThat(models.orElseThrow()).containsExactly(MODEL);
        }
    }

    @Test
    final void anUnknownModelIsNotFound() {
        try (Client client = connect(Access.to(program))) {
            Question question = Question.of(GREETING).withModel("other");

            assertThatThrownBy(() -> client.ask(question))
                    .isInstanceOf(exceptions().notFound())
                    .hasMessageContaining("'other' does not exist");
            assertThatThrownBy(() -> client.stream(question))
                    .isInstanceOf(exceptions().notFound())
                    .hasMessageContaining("'other' does not exist");
        }
    }

    @Test
    final void aValueOutOfRangeIsABadRequest() {
        try (Client client = connect(Access.to(program))) {
            Question question = Question.of(GREETING).withTemperature(3);

            assertThatThrownBy(() -> client.ask(question))
                    .isInstanceOf(exceptions().badRequest())
                    .hasMessageContaining("temperature");
        }
    }

    @Test
    final void aPromptBeyondTheContextIsABadRequest() {
        try (Client client = connect(Access.to(program))) {
            Question question = Question.of("tea ".repeat(LONGER_THAN_THE_CONTEXT));

            assertThatThrownBy(() -> client.stream(question))
                    .isInstanceOf(exceptions().badRequest())
                    .hasMessageContaining("context");
        }
    }

    @Test
    final void aFullQueueIsARateLimit() throws Exception {
        try (Client client = connect(Access.to(program));
                Occupation _ = Occupation.of(program)) {
            Question question = Question.of(GREETING);

            assertThatThrownBy(() -> client.ask(question))
                    .isInstanceOf(exceptions().rateLimited())
                    .hasMessageContaining("wait");
            assertThatThrownBy(() -> client.stream(question))
                    .isInstanceOf(exceptions().rateLimited());
        }
    }

    @Test
    final void aClientThatTriesAgainIsAnsweredWhenThereIsRoom() throws Exception {
        double rejected = program.metric("parlance_requests_rejected_total");
        Duration waited;
        try (Client client = connect(Access.to(program).withRetries(RETRIES));
                Occupation occupation = Occupation.of(program)) {
            long start = System.nanoTime();
            Thread.ofVirtual()
                    .start(() -> {
                        program.awaitMoreThan("parlance_requests_rejected_total", rejected);
                        occupation.end();
                    });

            assertThat(client.ask(Question.of(GREETING)).text()).contains("Parlance");
            waited = Duration.ofNanos(System.nanoTime() - start);
        }
        assertThat(program.metric("parlance_requests_rejected_total")).isGreaterThan(rejected);
        if (triesAgainAsToldTo()) {
            assertThat(waited)
                    .as("the server asked for a second; of its own accord the client waits half")
                    .isGreaterThan(ALMOST_A_SECOND);
        }
    }

    @Test
    final void aServerThatStopsIsUnavailableUntilAnotherTakesOver() throws Exception {
        try (StoppingProgram stopping = new StoppingProgram();
                Wiretap balancer = Wiretap.before(stopping.program().directUrl())) {
            try (Client client = connect(Access.to(balancer.url()))) {
                assertThatThrownBy(() -> client.ask(Question.of(GREETING)))
                        .isInstanceOf(exceptions().unavailable())
                        .hasMessageContaining("draining");
            }
            Thread.ofVirtual()
                    .start(() -> {
                        Program.await(() -> balancer.count(503) == 2, "second 503");
                        balancer.redirect(program.directUrl());
                    });
            try (Client client = connect(Access.to(balancer.url()).withRetries(RETRIES))) {
                assertThat(client.ask(Question.of(GREETING)).text()).contains("Parlance");
            }
            assertThat(balancer.turns()).extracting(Turn::status).containsOnly(503, 200);
        }
    }

    @Test
    final void whatTookTooLongIsNotAskedAgain() throws Exception {
        try (Program impatient = Program.serve("--request-timeout", "1");
                Client client = connect(Access.to(impatient).withRetries(1))) {
            assertThatThrownBy(() -> client.askWithoutEnd(Question.of(GREETING)))
                    .isInstanceOf(exceptions().unavailable());

            assertThat(impatient.wiretap().turns())
                    .as("the server said x-should-retry: false")
                    .extracting(Turn::status)
                    .isEqualTo(triesAgainAsToldTo() ? List.of(504) : List.of(504, 504));
        }
    }

    @Test
    final void whoLeavesEndsTheWork() throws Exception {
        double cancelled = program.metric("parlance_requests_cancelled_total");
        try (Client client = connect(Access.to(program))) {
            client.leaveAfterTheFirstPiece(Question.of("Tell me a story."));

            program.awaitMoreThan("parlance_requests_cancelled_total", cancelled);
            program.await("parlance_requests_running", 0);
        }
    }

    @Test
    final void whoWaitsNoLongerEndsTheWork() throws Exception {
        double cancelled = program.metric("parlance_requests_cancelled_total");
        try (Client client = connect(Access.to(program).withTimeout(NOT_LONG))) {
            assertThatThrownBy(() -> client.askWithoutEnd(Question.of("Tell me a story.")))
                    .isInstanceOf(Exception.class);

            program.awaitMoreThan("parlance_requests_cancelled_total", cancelled);
            program.await("parlance_requests_running", 0);
        }
    }

    @Test
    final void aWrongKeyIsUnauthorized() {
        try (Client client = connect(guarded.with(GuardedProgram.WRONG))) {
            assertThatThrownBy(() -> client.ask(Question.of(GREETING)))
                    .isInstanceOf(exceptions().unauthorized())
                    .hasMessageContaining("Incorrect API key");
            assertThatThrownBy(() -> client.stream(Question.of(GREETING)))
                    .isInstanceOf(exceptions().unauthorized())
                    .hasMessageContaining("Incorrect API key");
        }
    }

    @Test
    final void noKeyIsUnauthorized() {
        assumeThat(asksWithoutAKey()).as("a client that asks without a key").isTrue();
        try (Client client = connect(guarded.with(""))) {
            assertThatThrownBy(() -> client.ask(Question.of(GREETING)))
                    .isInstanceOf(exceptions().unauthorized())
                    .hasMessageContaining("didn't provide an API key");
        }
    }

    @Test
    final void aKeyIsAnsweredAndToldWhereItStands() throws Exception {
        try (Client client = connect(guarded.with(GuardedProgram.GENEROUS))) {
            Question question = Question.of(GREETING);
            assertThat(client.ask(question).text()).contains("Parlance");
            assertThat(client.stream(question).text()).contains("Parlance");

            client.headerOfAnswer(question, "x-ratelimit-remaining-requests")
                    .ifPresent(remaining ->
                            assertThat(Integer.parseInt(remaining))
                                    .isBetween(1, GuardedProgram.GENEROUS_REQUESTS));
        }
    }

    @Test
    final void aModelThatTheKeyMayNotUseIsNotFound() {
        try (Client client = connect(guarded.with(GuardedProgram.OTHER_MODEL))) {
            assertThatThrownBy(() -> client.ask(Question.of(GREETING)))
                    .isInstanceOf(exceptions().notFound())
                    .hasMessageContaining("does not exist");
            client.models().ifPresent(models -> assertThat(models).isEmpty());
        }
    }

    @Test
    final void whoAsksTooOftenIsLimited() throws Exception {
        guarded.useUp(GuardedProgram.SELDOM);
        try (Client client = connect(guarded.with(GuardedProgram.SELDOM))) {
            assertThatThrownBy(() -> client.stream(Question.of(GREETING)))
                    .isInstanceOf(exceptions().rateLimited())
                    .hasMessageContaining("requests per min")
                    .satisfies(error ->
                            headerOfError(error, "retry-after")
                                    .ifPresent(wait ->
                                            assertThat(Integer.parseInt(wait)).isBetween(1, 60)));
        }
    }

    @Test
    final void whoAsksTooOftenIsAnsweredALittleLater() throws Exception {
        try (Client client = connect(guarded.with(GuardedProgram.OFTEN).withRetries(RETRIES))) {
            long refused = program.wiretap().count(429);
            // On a busy machine the client may come so late that it may ask again.
            while (program.wiretap().count(429) == refused) {
                guarded.useUp(GuardedProgram.OFTEN);
                assertThat(client.ask(Question.of(GREETING)).text()).contains("Parlance");
            }
        }
    }

    @Test
    final void onlySoManyRequestsOfAKeyAreAnsweredAtATime() throws Exception {
        try (Client client = connect(guarded.with(GuardedProgram.ONE_AT_A_TIME));
                Occupation _ = Occupation.ofKey(program, GuardedProgram.ONE_AT_A_TIME)) {
            assertThatThrownBy(() -> client.ask(Question.of(GREETING)))
                    .isInstanceOf(exceptions().rateLimited())
                    .hasMessageContaining("at a time");
        }
    }
}
