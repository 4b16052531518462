package dev.parlance.engine.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.engine.generation.AdmissionLimits;
import dev.parlance.engine.generation.GenerationEvent;
import dev.parlance.engine.generation.GenerationEvent.TokenGenerated;
import dev.parlance.engine.generation.GenerationRequest;
import dev.parlance.engine.generation.GenerationStream;
import dev.parlance.engine.gguf.GgufFile;
import dev.parlance.engine.kernel.KernelPool;
import dev.parlance.engine.kernel.KernelSelection;
import dev.parlance.engine.kvcache.KvCache;
import dev.parlance.engine.kvcache.KvStorage;
import dev.parlance.engine.model.LanguageModel;
import dev.parlance.engine.model.ModelLoader;
import dev.parlance.engine.sampling.SamplingParams;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;

/** On real arithmetic: alone = batched = chunked = cached = speculated = forked, bit for bit. */
@Timeout(120)
class SpeculationEquivalenceTest {
    private static final Path MODELS =
            Path.of(System.getProperty("parlance.root", "."), "../shared/oracle/models");
    private static final int CONTEXT = 256;

    private final KernelPool pool = new KernelPool(2);
    private long now;

    @AfterEach
    void stopThreads() {
        pool.close();
    }

    @ParameterizedTest
    @CsvSource({"llama, F16", "gemma2, F32", "qwen3moe, Q8_0", "llama3rope, F16"})
    void answersAreTheSame(String name, KvStorage storage) throws IOException {
        Path path = MODELS.resolve(name + ".gguf");
        Assumptions.assumeTrue(Files.exists(path), "the oracle's models are not here");
        try (GgufFile file = GgufFile.open(path)) {
            LanguageModel model = ModelLoader.load(file, KernelSelection.best(pool).kernels());
            List<GenerationRequest> requests = requests(model.vocabularySize());
            List<List<List<GenerationEvent>>> alone = new ArrayList<>();
            for (GenerationRequest request : requests) {
                EngineLoop plain = loop(model, storage, 512, Speculator.none());
                alone.add(run(plain, List.of(request)).getFirst());
            }
            List<GenerationRequest> predicted = new ArrayList<>();
            for (int i = 0; i < requests.size(); i++) {
                predicted.add(requests.get(i).withPrediction(prediction(alone.get(i), i)));
            }

            // Chunks of 11, all of them at once.
            EngineLoop small = loop(model, storage, 11, Speculator.promptLookup());
            assertThat(run(small, predicted)).isEqualTo(alone);

            // A draft model that is as good as the model, without predictions.
            KvCache draftCache = model.newCache(storage, 4 * model.kvShape().blocksFor(CONTEXT));
            Speculator drafting = Speculator.withDraftModel(model, draftCache, () -> 0);
            EngineLoop drafted = loop(model, storage, 512, drafting);
            for (int i = 0; i < requests.size(); i++) {
                assertThat(run(drafted, List.of(requests.get(i)))).containsExactly(alone.get(i));
            }
            assertThat(drafted.statistics().orElseThrow().acceptedTokens()).isGreaterThan(50);

            // One after the other, cold, and again with what the first round left in the cache.
            EngineLoop large = loop(model, storage, 512, Speculator.promptLookup());
            for (int round = 0; round < 2; round++) {
                for (int i = 0; i < requests.size(); i++) {
                    List<GenerationRequest> one = List.of(predicted.get(i));
                    assertThat(run(large, one)).containsExactly(alone.get(i));
                }
            }
            var statistics = large.statistics().orElseThrow();
            assertThat(statistics.acceptedTokens()).isGreaterThan(100);
            assertThat(statistics.draftedTokens()).isGreaterThan(statistics.acceptedTokens());
            assertThat(statistics.cachedTokens()).isPositive();
        }
    }

    /** Greedy and seeded, with and without everything that looks at earlier tokens; two forked. */
    private static List<GenerationRequest> requests(int vocabulary) {
        SamplingParams seeded =
                new SamplingParams(
                        0.9, 0, 0.95, 0.01, 1, 0.7, 0.4, 1.2, Map.of(7, 2.0), OptionalLong.of(11));
        List<GenerationRequest> requests = new ArrayList<>();
        for (SamplingParams sampling :
                List.of(
                        SamplingParams.GREEDY.withSeed(1),
                        SamplingParams.DEFAULT.withSeed(2),
                        seeded)) {
            int[] prompt = new Random(requests.size()).ints(70, 0, vocabulary).toArray();
            requests.add(new GenerationRequest(prompt, 60, 0, Set.of(), 1, sampling, -1, false));
            requests.add(
                    new GenerationRequest(prompt, 50, 20, Set.of(5, 6), 2, sampling, 2, false));
        }
        return requests;
    }

    /** What the first choice says, with every so many tokens wrong. */
    private static int[] prediction(List<List<GenerationEvent>> choices, int number) {
        int[] tokens =
                choices.getFirst().stream()
                        .filter(TokenGenerated.class::isInstance)
                        .mapToInt(event -> ((TokenGenerated) event).tokenId())
                        .toArray();
        for (int i = 4; i < tokens.length; i += 7 + number) {
            tokens[i] /= 2;
        }
        return tokens;
    }

    /** All steps seem to take as long, so that drafts always pay. */
    private EngineLoop loop(
            LanguageModel model, KvStorage storage, int batchTokens, Speculator speculator) {
        return new EngineLoop(
                model,
                model.newCache(storage, 8 * model.kvShape().blocksFor(CONTEXT)),
                new SchedulerLimits(CONTEXT, 8, batchTokens, AdmissionLimits.DEFAULT),
                () -> 1,
                failure -> {
                    throw new AssertionError(failure);
                },
                speculator,
                () -> now += 1_000_000);
    }

    /** The events of each request's choices. */
    private static List<List<List<GenerationEvent>>> run(
            EngineLoop loop, List<GenerationRequest> requests) {
        List<GenerationStream> streams = requests.stream().map(loop::submit).toList();
        boolean working = true;
        while (working) {
            working = loop.step();
        }
        List<List<List<GenerationEvent>>> answers = new ArrayList<>();
        for (int i = 0; i < requests.size(); i++) {
            List<GenerationEvent> events = Expected.drain(streams.get(i));
            assertThat(events.getLast()).isInstanceOf(GenerationEvent.Finished.class);
            List<List<GenerationEvent>> choices = new ArrayList<>();
            for (int choice = 0; choice < requests.get(i).choices(); choice++) {
                choices.add(Expected.ofChoice(events, choice));
            }
            answers.add(choices);
        }
        return answers;
    }
}
