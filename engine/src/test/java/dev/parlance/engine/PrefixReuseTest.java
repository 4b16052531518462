package dev.parlance.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.engine.generation.AdmissionLimits;
import dev.parlance.engine.generation.GenerationEvent;
import dev.parlance.engine.generation.GenerationRequest;
import dev.parlance.engine.generation.GenerationStream;
import dev.parlance.engine.gguf.GgufFile;
import dev.parlance.engine.kernel.KernelPool;
import dev.parlance.engine.kernel.KernelSelection;
import dev.parlance.engine.kvcache.KvCache;
import dev.parlance.engine.kvcache.KvFileCounts;
import dev.parlance.engine.kvcache.KvStorage;
import dev.parlance.engine.model.LanguageModel;
import dev.parlance.engine.model.ModelLoader;
import dev.parlance.engine.sampling.SamplingParams;
import dev.parlance.engine.sampling.TokenLogprobs;
import dev.parlance.engine.scheduler.EngineLoop;
import dev.parlance.engine.scheduler.SchedulerLimits;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * What is reused is, bit for bit, what would be computed: of prompts and of answers, from memory
 * and from files, after other work and after a restart, and for layers that see a window only.
 * Tokens and log probabilities would show a single bit.
 */
@Timeout(120)
class PrefixReuseTest {
    private static final Path MODELS =
            Path.of(System.getProperty("parlance.root", "."), "../shared/oracle/models");
    private static final int CONTEXT = 300;
    private static final int VOCABULARY = 384;

    @TempDir private Path folder;

    /** Of a turn: all but how it came about. */
    private record Answer(List<Integer> tokens, List<Optional<TokenLogprobs>> logprobs) {}

    private record Turn(Answer answer, int cachedTokens) {}

    @ParameterizedTest
    @CsvSource({
        "llama, F32",
        "llama, F16",
        "llama, Q8_0",
        "gemma2, F16",
        "gemma3, F32",
        "phi3, Q8_0",
        "olmo2, F16",
        "starcoder2, F32",
        "qwen3moe, F16"
    })
    void aSecondTurnAnswersAsIfAllWereComputed(String name, KvStorage storage) throws Exception {
        Path path = MODELS.resolve(name + ".gguf");
        Assumptions.assumeTrue(Files.exists(path), "the oracle's models are not here");
        try (GgufFile file = GgufFile.open(path);
                KernelPool pool = new KernelPool(2)) {
            LanguageModel model = ModelLoader.load(file, KernelSelection.best(pool).kernels());
            int[] first = tokens(100, 1);
            Answer answer = ask(model, storage, 512, KvCache::shareNothing, first).answer();
            int[] second = join(join(first, answer.tokens()), tokens(10, 2));
            Answer cold = ask(model, storage, 512, KvCache::shareNothing, second).answer();
            // In chunks that end anywhere.
            assertThat(ask(model, storage, 7, KvCache::shareNothing, second).answer())
                    .isEqualTo(cold);

            // The last token of the answer was not computed, so its block is not complete.
            int reusable = (first.length + answer.tokens().size() - 1) / 16 * 16;
            // There is memory for one context, so that other prompts drive everything out.
            List<int[]> others = IntStream.range(3, 8).mapToObj(i -> tokens(250, i)).toList();
            try (KvCache cache = cache(model, storage)) {
                try (EngineLoop loop = loop(model, cache, 32)) {
                    assertThat(turn(loop, first)).isEqualTo(new Turn(answer, 0));
                    assertThat(turn(loop, second)).isEqualTo(new Turn(cold, reusable));
                    for (int[] other : others) {
                        turn(loop, other);
                    }
                    assertThat(turn(loop, second).answer()).isEqualTo(cold);
                    assertThat(turn(loop, second).answer()).isEqualTo(cold);
                }
                KvFileCounts counts = cache.fileCounts().orElseThrow();
                assertThat(counts.read()).isGreaterThanOrEqualTo(reusable / 16);
                assertThat(counts.dropped() + counts.damaged()).isZero();
                cache.checkIntegrity();
                cache.checkFiles();
            }
            try (KvCache cache = cache(model, storage);
                    EngineLoop loop = loop(model, cache, 512)) {
                int all = (second.length - 1) / 16 * 16;
                assertThat(turn(loop, second)).isEqualTo(new Turn(cold, all));
            }
        }
    }

    private KvCache cache(LanguageModel model, KvStorage storage) throws IOException {
        KvCache cache = model.newCache(storage, model.kvShape().blocksFor(CONTEXT));
        cache.keepIn(folder, "0".repeat(32), 1 << 30, Runnable::run, () -> 0);
        return cache;
    }

    private static Turn ask(
            LanguageModel model,
            KvStorage storage,
            int batchTokens,
            Consumer<KvCache> setUp,
            int[] prompt)
            throws InterruptedException {
        // Of layers with a window not more than a sequence has at once.
        int ahead = SchedulerLimits.ahead(batchTokens);
        KvCache cache = model.newCache(storage, model.kvShape().blocksFor(CONTEXT, ahead));
        setUp.accept(cache);
        try (EngineLoop loop = loop(model, cache, batchTokens)) {
            return turn(loop, prompt);
        }
    }

    private static EngineLoop loop(LanguageModel model, KvCache cache, int batchTokens) {
        EngineLoop loop =
                new EngineLoop(
                        model,
                        cache,
                        new SchedulerLimits(CONTEXT, 2, batchTokens, AdmissionLimits.DEFAULT),
                        () -> 1,
                        failure -> {
                            throw new AssertionError(failure);
                        });
        loop.start();
        return loop;
    }

    private static Turn turn(EngineLoop loop, int[] prompt) throws InterruptedException {
        GenerationRequest request =
                new GenerationRequest(prompt, 45, 0, Set.of(), 1, SamplingParams.GREEDY, 3, false);
        List<Integer> tokens = new ArrayList<>();
        List<Optional<TokenLogprobs>> logprobs = new ArrayList<>();
        try (GenerationStream stream = loop.submit(request)) {
            while (true) {
                switch (stream.next()) {
                    case GenerationEvent.TokenGenerated(int _, int token, var logprob) -> {
                        tokens.add(token);
                        logprobs.add(logprob);
                    }
                    case GenerationEvent.Finished(var usage) -> {
                        return new Turn(new Answer(tokens, logprobs), usage.cachedTokens());
                    }
                    case GenerationEvent.Failed failed -> throw new AssertionError(failed);
                    case GenerationEvent.Started _,
                            GenerationEvent.PromptProgress _,
                            GenerationEvent.PromptComputed _,
                            GenerationEvent.ChoiceFinished _ -> {}
                }
            }
        }
    }

    private static int[] tokens(int count, long seed) {
        return new Random(seed).ints(count, 0, VOCABULARY).toArray();
    }

    private static int[] join(int[] tokens, List<Integer> more) {
        return join(tokens, more.stream().mapToInt(Integer::intValue).toArray());
    }

    private static int[] join(int[] tokens, int[] more) {
        return IntStream.concat(IntStream.of(tokens), IntStream.of(more)).toArray();
    }
}
