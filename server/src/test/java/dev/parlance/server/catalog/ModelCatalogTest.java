package dev.parlance.server.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parlance.engine.LoadedModel;
import dev.parlance.engine.ModelDescription;
import dev.parlance.server.FakeModel;
import dev.parlance.server.catalog.ModelStatus.State;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Everything on one thread, and no time but the test's. */
class ModelCatalogTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Duration IDLE = Duration.ofMinutes(10);

    private final ManualBackground background = new ManualBackground();

    /** What happened to models, in order: {@code +a} loaded, {@code -a} closed. */
    private final List<String> events = new ArrayList<>();

    private final Set<String> broken = new HashSet<>();

    private ServedModel model(String id, long size) {
        return model(id, size, false, Optional.empty());
    }

    private ServedModel model(String id, long size, boolean preload, Optional<Duration> idle) {
        return new ServedModel(id, List.of(id + "-alias"), size, preload, idle, _ -> load(id));
    }

    private LoadedModel load(String id) throws IOException {
        if (broken.contains(id)) {
            throw new IOException(id + " is broken");
        }
        events.add("+" + id);
        return FakeModel.loaded(id, () -> events.add("-" + id));
    }

    private ModelCatalog catalog(long memory, ServedModel... models) {
        return catalog(new CatalogOptions(false, OptionalLong.of(memory), TIMEOUT), models);
    }

    private ModelCatalog catalog(CatalogOptions options, ServedModel... models) {
        return new ModelCatalog(List.of(models), options, Instant.EPOCH, background);
    }

    private static State state(ModelCatalog catalog, String id) {
        return status(catalog, id).state();
    }

    private static ModelStatus status(ModelCatalog catalog, String id) {
        return catalog.models().stream()
                .filter(model -> model.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static void assertUnavailable(
            CompletableFuture<ModelLease> lease, int retrySeconds, String message) {
        assertThat(lease).isCompletedExceptionally();
        assertThatThrownBy(lease::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        ModelUnavailableException.class,
                        e -> {
                            assertThat(e).hasMessageContaining(message);
                            assertThat(e.retryAfterSeconds()).isEqualTo(retrySeconds);
                        });
    }

    @Test
    void namesAndAliasesLeadToAModel() {
        ModelCatalog catalog = catalog(CatalogOptions.DEFAULT, model("a", 1), model("b", 1));
        assertThat(catalog.find("b")).contains("b");
        assertThat(catalog.find("b-alias")).contains("b");
        assertThat(catalog.find("gpt-4o")).isEmpty();
        assertThat(catalog.first()).contains("a");
        assertThatThrownBy(() -> catalog.acquire("gpt-4o"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anyNameMeansTheFirstModelWhenToldSo() {
        CatalogOptions options = new CatalogOptions(true, OptionalLong.empty(), TIMEOUT);
        ModelCatalog catalog = catalog(options, model("a", 1), model("b", 1));
        assertThat(catalog.find("gpt-4o")).contains("a");
        assertThat(catalog.find("b")).contains("b");
    }

    @Test
    void aNameBelongsToOneModel() {
        assertThatThrownBy(() -> catalog(9, model("a", 1), model("a", 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("two models are named 'a'; give one another name");
        assertThatThrownBy(() -> catalog(9, model("a", 1), model("a-alias", 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("two models are named 'a-alias'; give one another name");
        assertThatThrownBy(() -> model("", 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatCanNeverFitIsRefusedAtOnce() {
        assertThatThrownBy(() -> catalog(1 << 20, model("a", 3 << 20)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("model 'a' needs 3 MiB, more than the 1 MiB for all models");
        ServedModel one = model("a", 2 << 20, true, Optional.empty());
        ServedModel other = model("b", 2 << 20, true, Optional.empty());
        assertThatThrownBy(() -> catalog(3 << 20, one, other))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the models to load at the start need 4 MiB, more than the 3 MiB for all"
                                + " models");
    }

    @Test
    void requestsThatComeDuringALoadShareIt() throws Exception {
        ModelCatalog catalog = catalog(CatalogOptions.DEFAULT, model("a", 1));
        assertThat(state(catalog, "a")).isEqualTo(State.UNLOADED);
        CompletableFuture<ModelLease> first = catalog.acquire("a");
        CompletableFuture<ModelLease> second = catalog.acquire("a");
        assertThat(state(catalog, "a")).isEqualTo(State.LOADING);
        assertThat(background.waitingTasks()).isEqualTo(1);
        assertThat(first).isNotDone();
        background.runTasks();

        assertThat(events).containsExactly("+a");
        assertThat(first.get().model().id()).isEqualTo("a");
        assertThat(second.get().model().model()).isSameAs(first.get().model().model());
        assertThat(catalog.acquire("a")).isCompleted();
        assertThat(background.timers()).isZero();
        ModelStatus status = status(catalog, "a");
        assertThat(status.state()).isEqualTo(State.LOADED);
        assertThat(status.description()).map(ModelDescription::name).contains("a");
        assertThat(status.loads()).isEqualTo(1);
    }

    @Test
    void whatIsPreloadedMakesTheCatalogReady() {
        ModelCatalog catalog = catalog(9, model("a", 1, true, Optional.empty()), model("b", 1));
        assertThat(catalog.isReady()).isFalse();
        CompletableFuture<Void> preload = catalog.preload();
        assertThat(catalog.isReady()).isFalse();
        background.runTasks();
        assertThat(preload).isCompleted();
        assertThat(catalog.isReady()).isTrue();
        assertThat(events).containsExactly("+a");
    }

    @Test
    void withoutPreloadingItIsReadyAtOnceUnlessItIsEmpty() {
        assertThat(catalog(9, model("a", 1)).isReady()).isTrue();
        assertThat(catalog(9).isReady()).isFalse();
        assertThat(catalog(9).preload()).isCompleted();
    }

    @Test
    void aPreloadThatFailsTellsWhy() {
        broken.add("a");
        ModelCatalog catalog = catalog(9, model("a", 1, true, Optional.empty()));
        CompletableFuture<Void> preload = catalog.preload();
        background.runTasks();
        assertThatThrownBy(preload::join)
                .isInstanceOf(CompletionException.class)
                .hasRootCauseMessage("a is broken");
        assertThat(catalog.isReady()).isFalse();
        // Whoever waits for it says so.
        assertThat(background.log).isEmpty();
    }

    @Test
    void aRequestWaitsForALoadNoLongerThanIsAllowed() {
        ModelCatalog catalog = catalog(CatalogOptions.DEFAULT, model("a", 1));
        CompletableFuture<ModelLease> early = catalog.acquire("a");
        background.pass(Duration.ofSeconds(50));
        CompletableFuture<ModelLease> late = catalog.acquire("a");
        background.pass(Duration.ofSeconds(9));
        assertThat(early).isNotDone();
        background.pass(Duration.ofSeconds(1));
        assertUnavailable(early, 5, "The model 'a' is still being loaded (0 %); try again later");
        assertThat(late).isNotDone();
        background.runTasks();
        assertThat(late).isCompleted();
        assertThat(status(catalog, "a").loads()).isEqualTo(1);
    }

    @Test
    void theProgressOfALoadCanBeSeen() {
        List<Double> seen = new ArrayList<>();
        List<ModelCatalog> self = new ArrayList<>();
        ModelLoader loader =
                progress -> {
                    progress.read(1, 4);
                    seen.add(status(self.getFirst(), "a").progress());
                    return load("a");
                };
        self.add(
                catalog(
                        CatalogOptions.DEFAULT,
                        new ServedModel("a", List.of(), 1, false, Optional.empty(), loader)));
        self.getFirst().acquire("a");
        background.runTasks();
        assertThat(seen).containsExactly(0.25);
        assertThat(status(self.getFirst(), "a").progress()).isZero();
    }

    @Test
    void aLoadThatFailedIsTriedAgainAfterAPause() {
        broken.add("a");
        ModelCatalog catalog = catalog(CatalogOptions.DEFAULT, model("a", 1));
        CompletableFuture<ModelLease> first = catalog.acquire("a");
        CompletableFuture<ModelLease> second = catalog.acquire("a");
        background.runTasks();
        String message = "The model 'a' could not be loaded; the log of the server says why";
        assertUnavailable(first, 10, message);
        assertUnavailable(second, 10, message);
        assertThat(status(catalog, "a").failed()).isTrue();
        assertThat(background.log)
                .containsExactly("model a could not be loaded: java.io.IOException: a is broken");

        broken.clear();
        background.pass(Duration.ofMillis(6_500));
        assertUnavailable(catalog.acquire("a"), 4, message);
        assertThat(background.waitingTasks()).isZero();

        background.pass(Duration.ofMillis(3_500));
        CompletableFuture<ModelLease> again = catalog.acquire("a");
        background.runTasks();
        assertThat(again).isCompleted();
        assertThat(status(catalog, "a").failed()).isFalse();
        assertThat(status(catalog, "a").failures()).isEqualTo(1);
        assertThat(background.timers()).isZero();
    }

    @Test
    void theLongestUnusedModelMakesRoom() throws Exception {
        ModelCatalog catalog = catalog(10, model("a", 4), model("b", 4), model("c", 4));
        use(catalog, "a");
        use(catalog, "b");
        background.pass(Duration.ofSeconds(1));
        use(catalog, "a");
        use(catalog, "c");
        assertThat(events).containsExactly("+a", "+b", "-b", "+c");
        assertThat(state(catalog, "a")).isEqualTo(State.LOADED);
        assertThat(status(catalog, "b").unloads()).isEqualTo(1);
        assertThat(status(catalog, "b").description()).isPresent();
        assertThat(status(catalog, "b").model()).isEmpty();
    }

    private void use(ModelCatalog catalog, String id) throws Exception {
        CompletableFuture<ModelLease> lease = catalog.acquire(id);
        background.runTasks();
        background.pass(Duration.ofMillis(1));
        lease.get().close();
    }

    @Test
    void noMoreIsUnloadedThanIsNeededAndNothingInVain() throws Exception {
        ModelCatalog catalog =
                catalog(10, model("a", 2), model("b", 2), model("c", 6), model("d", 7));
        use(catalog, "a");
        use(catalog, "b");
        CompletableFuture<ModelLease> busy = catalog.acquire("c");
        background.runTasks();
        assertThat(events).containsExactly("+a", "+b", "+c");

        // Even without a and b there is no room for d beside c.
        CompletableFuture<ModelLease> waiting = catalog.acquire("d");
        background.runTasks();
        assertThat(events).containsExactly("+a", "+b", "+c");
        assertThat(state(catalog, "d")).isEqualTo(State.LOADING);

        busy.get().close();
        background.runTasks();
        assertThat(waiting).isCompleted();
        assertThat(events).containsExactly("+a", "+b", "+c", "-a", "-b", "-c", "+d");
    }

    @Test
    void aModelWithRequestsIsNeverUnloaded() throws Exception {
        ModelCatalog catalog = catalog(5, model("a", 4), model("b", 4));
        CompletableFuture<ModelLease> running = catalog.acquire("a");
        background.runTasks();
        CompletableFuture<ModelLease> waiting = catalog.acquire("b");
        background.runTasks();
        background.pass(TIMEOUT);
        assertUnavailable(waiting, 5, "The model 'b' waits for memory that other models are using");
        assertThat(state(catalog, "b")).isEqualTo(State.UNLOADED);
        running.get().close();
        running.get().close();
        background.runTasks();
        // Nobody wants b any more.
        assertThat(events).containsExactly("+a");
        use(catalog, "b");
        assertThat(events).containsExactly("+a", "-a", "+b");
    }

    @Test
    void whoeverWantsAModelThatIsBeingUnloadedGetsItLoadedAnew() throws Exception {
        ModelCatalog catalog = catalog(5, model("a", 4), model("b", 4));
        use(catalog, "a");
        CompletableFuture<ModelLease> b = catalog.acquire("b");
        assertThat(state(catalog, "a")).isEqualTo(State.UNLOADED);
        CompletableFuture<ModelLease> a = catalog.acquire("a");
        background.runTasks();
        assertThat(b).isCompleted();
        assertThat(a).isNotDone();
        b.get().close();
        background.runTasks();
        assertThat(a).isCompleted();
        assertThat(events).containsExactly("+a", "-a", "+b", "-b", "+a");
    }

    @Test
    void nothingOvertakesAModelThatWaitsForRoom() throws Exception {
        ModelCatalog catalog = catalog(5, model("a", 4), model("b", 4), model("c", 1));
        CompletableFuture<ModelLease> running = catalog.acquire("a");
        background.runTasks();
        CompletableFuture<ModelLease> large = catalog.acquire("b");
        CompletableFuture<ModelLease> small = catalog.acquire("c");
        background.runTasks();
        assertThat(small).isNotDone();
        large.cancel(false);
        background.runTasks();
        assertThat(small).isCompleted();
        running.get().close();
        background.runTasks();
        assertThat(events).containsExactly("+a", "+c");
    }

    @Test
    void aRequestThatIsGivenUpHoldsNothing() throws Exception {
        ModelCatalog catalog = catalog(5, model("a", 4), model("b", 4));
        CompletableFuture<ModelLease> gone = catalog.acquire("a");
        gone.cancel(false);
        background.runTasks();
        assertThat(state(catalog, "a")).isEqualTo(State.LOADED);
        assertThat(background.timers()).isZero();
        use(catalog, "b");
        assertThat(events).containsExactly("+a", "-a", "+b");
    }

    @Test
    void anIdleModelIsUnloadedAfterItsTime() throws Exception {
        ModelCatalog catalog =
                catalog(CatalogOptions.DEFAULT, model("a", 1, false, Optional.of(IDLE)));
        use(catalog, "a");
        background.pass(IDLE.dividedBy(2));
        CompletableFuture<ModelLease> running = catalog.acquire("a");
        background.pass(IDLE);
        assertThat(state(catalog, "a")).isEqualTo(State.LOADED);

        running.get().close();
        use(catalog, "a");
        assertThat(background.timers()).isEqualTo(1);
        background.pass(IDLE.minusSeconds(1));
        assertThat(state(catalog, "a")).isEqualTo(State.LOADED);
        background.pass(Duration.ofSeconds(1));
        background.runTasks();
        assertThat(events).containsExactly("+a", "-a");
        assertThat(background.timers()).isZero();
    }

    @Test
    void aModelThatNobodyAskedForIsIdleSinceItWasLoaded() {
        ModelCatalog catalog =
                catalog(CatalogOptions.DEFAULT, model("a", 1, true, Optional.of(IDLE)));
        catalog.preload();
        background.runTasks();
        background.pass(IDLE);
        background.runTasks();
        assertThat(events).containsExactly("+a", "-a");
        assertThat(catalog.isReady()).isTrue();
    }

    @Test
    void closingUnloadsEverythingAndRefusesTheRest() {
        ModelCatalog catalog = new ModelCatalog(List.of(model("a", 4), model("b", 4)), limit(5));
        catalog.acquire("a").join();
        CompletableFuture<ModelLease> waiting = catalog.acquire("b");
        catalog.close();
        assertUnavailable(waiting, 5, "shutting down");
        assertUnavailable(catalog.acquire("a"), 5, "shutting down");
        assertThat(events).containsExactly("+a", "-a");
    }

    private static CatalogOptions limit(long bytes) {
        return new CatalogOptions(false, OptionalLong.of(bytes), TIMEOUT);
    }

    /** With real threads: the load may be anywhere when the catalog is closed. */
    @Test
    void closingDuringALoadClosesWhatItLoads() {
        ModelCatalog catalog =
                new ModelCatalog(
                        List.of(model("a", 1, true, Optional.empty())), CatalogOptions.DEFAULT);
        catalog.preload();
        catalog.close();
        assertThat(events).containsExactly("+a", "-a");
    }

    @Test
    void aStoppedThreadClosesTheModelsAndStaysStopped() {
        ModelCatalog catalog =
                new ModelCatalog(
                        List.of(model("a", 1, true, Optional.empty())), CatalogOptions.DEFAULT);
        catalog.preload();
        Thread.currentThread().interrupt();
        catalog.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(events).containsExactly("+a", "-a");
    }

    /**
     * Requests, time and tasks in any order: memory is never exceeded, what is lent is loaded, and
     * in the end every request has been answered.
     */
    @Test
    void whateverHappensMemoryHoldsAndEveryRequestIsAnswered() throws Exception {
        for (int seed = 0; seed < 200; seed++) {
            new Simulation(seed).run();
        }
    }

    private final class Simulation {
        private static final long MEMORY = 10;

        private final int seed;
        private final Random random;
        private final ModelCatalog catalog;
        private final List<CompletableFuture<ModelLease>> requests = new ArrayList<>();
        private long inMemory;

        Simulation(int seed) {
            this.seed = seed;
            this.random = new Random(seed);
            this.catalog =
                    catalog(MEMORY, served("a", 2), served("b", 3), served("c", 5), served("d", 8));
        }

        private ServedModel served(String id, long size) {
            Optional<Duration> idle =
                    random.nextBoolean() ? Optional.of(Duration.ofSeconds(20)) : Optional.empty();
            return new ServedModel(id, List.of(), size, false, idle, _ -> load(id, size));
        }

        private LoadedModel load(String id, long size) throws IOException {
            if (random.nextInt(8) == 0) {
                throw new IOException("bad luck");
            }
            inMemory += size;
            assertThat(inMemory).as("seed %d", seed).isLessThanOrEqualTo(MEMORY);
            return FakeModel.loaded(id, () -> inMemory -= size);
        }

        void run() throws Exception {
            for (int step = 0; step < 400; step++) {
                switch (random.nextInt(6)) {
                    case 0, 1 ->
                            requests.add(catalog.acquire("abcd".charAt(random.nextInt(4)) + ""));
                    case 2 -> background.runTasks();
                    case 3 -> background.pass(Duration.ofSeconds(random.nextInt(20)));
                    default -> endOne();
                }
                assertLentModelsAreLoaded();
            }
            while (!requests.isEmpty()) {
                background.runTasks();
                background.pass(TIMEOUT);
                endOne();
            }
            background.runTasks();
            assertThat(catalog.models())
                    .as("seed %d", seed)
                    .allMatch(model -> model.state() != State.LOADING);
        }

        private void endOne() throws Exception {
            if (requests.isEmpty()) {
                return;
            }
            CompletableFuture<ModelLease> one = requests.remove(random.nextInt(requests.size()));
            if (!one.cancel(false) && !one.isCompletedExceptionally()) {
                one.get().close();
            }
        }

        private void assertLentModelsAreLoaded() throws Exception {
            for (CompletableFuture<ModelLease> each : requests) {
                if (each.isDone() && !each.isCompletedExceptionally()) {
                    LocalModel lent = each.get().model();
                    assertThat(status(catalog, lent.id()).model())
                            .as("seed %d", seed)
                            .containsSame(lent.model());
                }
            }
        }
    }
}
