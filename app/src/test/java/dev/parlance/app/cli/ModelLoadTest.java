package dev.parlance.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parlance.engine.LoadedModel;
import dev.parlance.engine.ModelDescription;
import dev.parlance.engine.chat.template.ChatTemplate;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

@Timeout(60)
class ModelLoadTest {
    private final AtomicInteger closings = new AtomicInteger();

    private LoadedModel model() {
        return new LoadedModel(
                new ModelDescription("letters", "test", 8, 128, 0, 0, ""),
                new LetterTokenizer(),
                ChatTemplate.compile("x"),
                new ScriptedBackend("", Optional.empty()),
                closings::incrementAndGet);
    }

    @Test
    void theModelIsThereWhenAwaitedAndClosedWithItsLoad() throws IOException {
        try (ModelLoad load = ModelLoad.start(this::model)) {
            assertThat(load.await().description().name()).isEqualTo("letters");
            assertThat(closings).hasValue(0);
        }
        assertThat(closings).hasValue(1);
    }

    @Test
    void aModelThatNobodyAwaitedIsClosedToo() {
        ModelLoad.start(this::model).close();
        assertThat(closings).hasValue(1);
    }

    @Test
    void aStoppedThreadClosesTheModelAndStaysStopped() {
        ModelLoad load = ModelLoad.start(this::model);
        Thread.currentThread().interrupt();
        load.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(closings).hasValue(1);
    }

    @Test
    void whatTheLoaderThrowsIsThrown() {
        assertFails(
                () -> {
                    throw new IOException("no such file");
                },
                IOException.class);
        assertFails(
                () -> {
                    throw new CommandException("too large");
                },
                CommandException.class);
        assertFails(
                () -> {
                    throw new OutOfMemoryError();
                },
                OutOfMemoryError.class);
    }

    private static void assertFails(Callable<LoadedModel> loader, Class<?> failure) {
        ModelLoad load = ModelLoad.start(loader);
        assertThatThrownBy(load::await).isInstanceOf(failure);
    }
}
