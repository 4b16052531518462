package dev.parlance.engine.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parlance.engine.generation.GenerationEvent.ChoiceFinished;
import dev.parlance.engine.generation.GenerationEvent.Failed.Cause;
import dev.parlance.engine.generation.GenerationEvent.Finished;
import dev.parlance.engine.generation.GenerationEvent.PromptComputed;
import dev.parlance.engine.generation.GenerationEvent.TokenGenerated;
import dev.parlance.engine.sampling.SamplingParams;
import dev.parlance.engine.sampling.TokenLogprobs;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

class TextGenerationTest {
    private static final PieceTokenizer TOKENIZER = PieceTokenizer.of("Hello", " wor", "ld", "\n");
    private static final int END = TOKENIZER.special();

    @Test
    void tokensBecomeTextAndTheEndTokenAddsNone() throws InterruptedException {
        GeneratedText text =
                run(TOKENIZER, List.of(), 1, script(0, FinishReason.STOP_TOKEN, 0, 1, 2, END));
        GeneratedText.Choice choice = text.choices().getFirst();
        assertThat(choice.text()).isEqualTo("Hello world");
        assertThat(choice.tokenIds()).containsExactly(0, 1, 2, END);
        assertThat(choice.tokens())
                .extracting(GeneratedToken::textOffset)
                .containsExactly(0, 5, 9, 11);
        assertThat(choice.reason()).isEqualTo(FinishReason.STOP_TOKEN);
        assertThat(choice.stopSequence()).isEmpty();
        assertThat(text.usage()).isEqualTo(new TokenUsage(2, 1, 4));
    }

    @Test
    void aPredictionIsComparedWithTheTokensThatCount() throws InterruptedException {
        GenerationRequest request = request(2, Set.of(END)).withPrediction(new int[] {0, 1, 2});
        List<GenerationEvent> events = new ArrayList<>(script(0, FinishReason.LENGTH, 0, 1));
        events.removeLast();
        events.addAll(script(1, FinishReason.LENGTH, 0, 2));
        try (TextGeneration generation =
                TextGeneration.start(
                        new ScriptedBackend(events), request, TOKENIZER, TextOptions.DEFAULT)) {
            assertThat(generation.readAll().usage()).isEqualTo(new TokenUsage(2, 1, 4, 3, 3));
        }
    }

    @Test
    void anEndTokenWithTextAddsNoneEither() throws InterruptedException {
        GenerationRequest request = request(1, Set.of(3));
        ScriptedBackend backend = new ScriptedBackend(script(0, FinishReason.STOP_TOKEN, 0, 3));
        try (TextGeneration generation =
                TextGeneration.start(backend, request, TOKENIZER, TextOptions.DEFAULT)) {
            assertThat(generation.readAll().choices().getFirst().text()).isEqualTo("Hello");
        }
        assertThat(backend.closed).isTrue();
    }

    @Test
    void specialTokensAreShownWhereThatIsAskedForButNotTheEnd() throws InterruptedException {
        GenerationRequest request = request(1, Set.of(2));
        var backend = new ScriptedBackend(script(0, FinishReason.STOP_TOKEN, 0, END, 1, 2));
        try (TextGeneration generation =
                TextGeneration.start(
                        backend, request, TOKENIZER, new TextOptions(List.of(), true))) {
            assertThat(generation.readAll().choices().getFirst().text())
                    .isEqualTo("Hello<special> wor");
        }
    }

    @Test
    void aStopSequenceAcrossTokensCutsTextAndTokens() throws InterruptedException {
        ScriptedBackend backend =
                new ScriptedBackend(script(0, FinishReason.LENGTH, 0, 1, 2, 3, 0, 1));
        GeneratedText text = run(backend, TOKENIZER, List.of("orld"), 1);
        GeneratedText.Choice choice = text.choices().getFirst();
        assertThat(choice.text()).isEqualTo("Hello w");
        assertThat(choice.tokens()).extracting(GeneratedToken::id).containsExactly(0, 1);
        assertThat(choice.cutTokenIds()).containsExactly(2);
        assertThat(choice.tokenIds()).containsExactly(0, 1, 2);
        assertThat(choice.reason()).isEqualTo(FinishReason.STOP_SEQUENCE);
        assertThat(choice.stopSequence()).contains("orld");
        assertThat(text.usage().completionTokens()).isEqualTo(3);
        assertThat(backend.cancelledChoices).containsExactly(0);
    }

    @Test
    void aStopSequenceAtTheLimitIsStillAStopSequence() throws InterruptedException {
        GeneratedText text =
                run(TOKENIZER, List.of("ld"), 1, script(0, FinishReason.LENGTH, 0, 1, 2));
        assertThat(text.choices().getFirst().reason()).isEqualTo(FinishReason.STOP_SEQUENCE);
    }

    @Test
    void theBeginningOfAStopSequenceIsHeldBackWithItsTokens() throws InterruptedException {
        var backend = new ScriptedBackend(script(0, FinishReason.LENGTH, 0, 3, 3));
        try (TextGeneration generation = start(backend, TOKENIZER, List.of("\n\n\n"), 1)) {
            assertThat(generation.next()).isInstanceOf(TextEvent.Prompt.class);
            assertThat(generation.next())
                    .isEqualTo(new TextEvent.Delta(0, "Hello", List.of(token(0, 0))));
            assertThat(generation.next())
                    .isEqualTo(new TextEvent.Delta(0, "\n\n", List.of(token(3, 5), token(3, 6))));
            assertThat(generation.next())
                    .isEqualTo(
                            new TextEvent.ChoiceDone(
                                    0, FinishReason.LENGTH, Optional.empty(), List.of()));
            assertThat(generation.next()).isEqualTo(new TextEvent.Done(new TokenUsage(2, 1, 3)));
            assertThatThrownBy(generation::next)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("no event follows Done or Failed");
        }
    }

    @Test
    void halfACharacterAtTheEndBecomesAReplacementCharacter() throws InterruptedException {
        var tokenizer = new PieceTokenizer(List.of(new byte[] {(byte) 0xE2, (byte) 0x82}));
        GeneratedText text = run(tokenizer, List.of(), 1, script(0, FinishReason.LENGTH, 0));
        assertThat(text.choices().getFirst().text()).isEqualTo("\uFFFD");
        text = run(tokenizer, List.of("\uFFFD"), 1, script(0, FinishReason.LENGTH, 0));
        assertThat(text.choices().getFirst().text()).isEmpty();
        assertThat(text.choices().getFirst().reason()).isEqualTo(FinishReason.STOP_SEQUENCE);
        assertThat(text.choices().getFirst().cutTokenIds()).containsExactly(0);
    }

    @Test
    void offsetsCountCharactersNotCodeUnits() throws InterruptedException {
        var tokenizer = PieceTokenizer.of("😀", "é", "x");
        GeneratedText text = run(tokenizer, List.of(), 1, script(0, FinishReason.LENGTH, 0, 1, 2));
        assertThat(text.choices().getFirst().tokens())
                .extracting(GeneratedToken::textOffset)
                .containsExactly(0, 1, 2);
    }

    @Test
    void choicesEndOnTheirOwnAndTokensOnTheWayDoNotCount() throws InterruptedException {
        List<GenerationEvent> events = new ArrayList<>();
        events.add(new PromptComputed(1, List.of()));
        for (int round = 0; round < 3; round++) {
            events.add(generated(0, 3));
            events.add(generated(1, 0));
        }
        events.add(new ChoiceFinished(0, FinishReason.LENGTH));
        events.add(new ChoiceFinished(1, FinishReason.LENGTH));
        events.add(new Finished(new TokenUsage(2, 1, 6)));
        ScriptedBackend backend = new ScriptedBackend(events);
        GeneratedText text = run(backend, TOKENIZER, List.of("\n"), 2);
        assertThat(text.choices())
                .extracting(GeneratedText.Choice::text)
                .containsExactly("", "HelloHelloHello");
        assertThat(text.usage()).isEqualTo(new TokenUsage(2, 1, 4));
        assertThat(backend.cancelledChoices).containsExactly(0);
    }

    @Test
    void scoringGivesThePromptsLogprobsAlone() throws InterruptedException {
        TokenLogprobs logprobs = new TokenLogprobs(1, -0.5, 1, List.of());
        List<GenerationEvent> events =
                List.of(
                        new PromptComputed(0, List.of(logprobs)),
                        new ChoiceFinished(0, FinishReason.LENGTH),
                        new Finished(new TokenUsage(2, 0, 0)));
        GeneratedText text = run(TOKENIZER, List.of(), 1, events);
        assertThat(text.promptLogprobs()).containsExactly(logprobs);
        assertThat(text.choices().getFirst().tokens()).isEmpty();
    }

    @Test
    void aFailureIsHandedOn() throws InterruptedException {
        List<GenerationEvent> events =
                List.of(generated(0, 0), new GenerationEvent.Failed(Cause.SHUTDOWN, "bye"));
        try (TextGeneration generation =
                start(new ScriptedBackend(events), TOKENIZER, List.of(), 1)) {
            generation.next();
            assertThat(generation.next()).isEqualTo(new TextEvent.Failed(Cause.SHUTDOWN, "bye"));
            assertThatThrownBy(generation::next).isInstanceOf(IllegalStateException.class);
        }
        assertThatThrownBy(() -> run(TOKENIZER, List.of(), 1, events))
                .isInstanceOfSatisfying(
                        GenerationFailedException.class,
                        e -> assertThat(e.failure()).isEqualTo(Cause.SHUTDOWN))
                .hasMessage("bye");
    }

    @Test
    void aBackendThatForgetsAChoiceIsReported() {
        List<GenerationEvent> events = List.of(new Finished(new TokenUsage(2, 0, 0)));
        assertThatThrownBy(() -> run(TOKENIZER, List.of(), 2, events))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the backend finished with 2 choices open");
    }

    /** Pieces with half characters, stop sequences over several tokens, special tokens. */
    @Test
    void deltasJoinedAreWhatALookAtTheWholeGives() throws InterruptedException {
        List<byte[]> pieces = new ArrayList<>();
        for (String piece : List.of("a", "b", "ab", "aab", "ba", "€a", "b😀")) {
            pieces.add(piece.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
        pieces.add(new byte[] {(byte) 0xE2});
        pieces.add(new byte[] {(byte) 0x82, (byte) 0xAC});
        pieces.add(new byte[0]);
        PieceTokenizer tokenizer = new PieceTokenizer(pieces);
        for (int seed = 0; seed < 3000; seed++) {
            Random random = new Random(seed);
            int[] ids = randomIds(random, tokenizer);
            List<String> stops = new ArrayList<>();
            for (int i = random.nextInt(3); i > 0; i--) {
                stops.add(List.of("aa", "bab", "€", "a€", "😀a", "abab").get(random.nextInt(6)));
            }
            GeneratedText.Choice choice =
                    run(tokenizer, stops, 1, script(0, FinishReason.LENGTH, ids))
                            .choices()
                            .getFirst();
            check(seed, tokenizer, ids, stops, choice);
        }
    }

    /** Tokens at random, but a first byte of a character is always followed by its rest. */
    private static int[] randomIds(Random random, PieceTokenizer tokenizer) {
        List<Integer> ids = new ArrayList<>();
        for (int i = random.nextInt(15); i >= 0; i--) {
            int id = random.nextInt(tokenizer.special() + 1);
            if (id == 7 || id == 8) {
                ids.add(7);
                ids.add(8);
            } else {
                ids.add(id);
            }
        }
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    private static void check(
            int seed,
            PieceTokenizer tokenizer,
            int[] ids,
            List<String> stops,
            GeneratedText.Choice choice) {
        var detokenizer = tokenizer.detokenizer(false);
        StringBuilder text = new StringBuilder();
        List<Integer> starts = new ArrayList<>();
        int counted = 0;
        for (int id : ids) {
            starts.add(text.length());
            text.append(detokenizer.accept(id));
            counted++;
            if (StopSequenceMatcherTest.expected(stops, text.toString()).contains("|")) {
                break;
            }
        }
        String[] parts = StopSequenceMatcherTest.expected(stops, text.toString()).split("\\|");
        String expected = parts.length == 0 ? "" : parts[0];
        boolean stopped = parts.length > 1;
        List<Integer> kept = new ArrayList<>();
        for (int i = 0; i < counted; i++) {
            if (!stopped || starts.get(i) < expected.length()) {
                kept.add(ids[i]);
            }
        }
        assertThat(choice.text()).as("seed %d", seed).isEqualTo(expected);
        assertThat(choice.tokens())
                .as("seed %d", seed)
                .extracting(GeneratedToken::id)
                .isEqualTo(kept);
        assertThat(choice.tokenIds()).as("seed %d", seed).hasSize(counted);
        assertThat(choice.reason())
                .isEqualTo(stopped ? FinishReason.STOP_SEQUENCE : FinishReason.LENGTH);
    }

    @Test
    void optionsRefuseAnEmptyStopSequence() {
        assertThatThrownBy(() -> new TextOptions(List.of(""), false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("stop sequences must not be empty");
    }

    private static GeneratedToken token(int id, int offset) {
        return new GeneratedToken(id, offset, Optional.empty());
    }

    private static TokenGenerated generated(int choice, int id) {
        return new TokenGenerated(choice, id, Optional.empty());
    }

    private static List<GenerationEvent> script(int choice, FinishReason reason, int... ids) {
        List<GenerationEvent> events = new ArrayList<>();
        events.add(new PromptComputed(1, List.of()));
        for (int id : ids) {
            events.add(generated(choice, id));
        }
        events.add(new ChoiceFinished(choice, reason));
        events.add(new Finished(new TokenUsage(2, 1, ids.length)));
        return events;
    }

    private static GeneratedText run(
            PieceTokenizer tokenizer, List<String> stops, int choices, List<GenerationEvent> script)
            throws InterruptedException {
        return run(new ScriptedBackend(script), tokenizer, stops, choices);
    }

    private static GeneratedText run(
            ScriptedBackend backend, PieceTokenizer tokenizer, List<String> stops, int choices)
            throws InterruptedException {
        try (TextGeneration generation = start(backend, tokenizer, stops, choices)) {
            return generation.readAll();
        }
    }

    private static TextGeneration start(
            ScriptedBackend backend, PieceTokenizer tokenizer, List<String> stops, int choices) {
        // In the random test the special token is no end token: it stands in the middle.
        Set<Integer> endTokens = tokenizer == TOKENIZER ? Set.of(END) : Set.of();
        return TextGeneration.start(
                backend, request(choices, endTokens), tokenizer, new TextOptions(stops, false));
    }

    private static GenerationRequest request(int choices, Set<Integer> endTokens) {
        return new GenerationRequest(
                new int[] {1, 2}, 50, 0, endTokens, choices, SamplingParams.GREEDY, -1, false);
    }
}
