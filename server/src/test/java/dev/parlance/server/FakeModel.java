package dev.parlance.server;

import dev.parlance.engine.LoadedModel;
import dev.parlance.engine.ModelDescription;
import dev.parlance.engine.chat.template.ChatTemplate;

/** A loaded model that says {@code ok}, for tests of what is around it. */
public final class FakeModel {
    private static final ChatTemplate TEMPLATE = ChatTemplate.compile(Harness.TEMPLATE);

    private FakeModel() {}

    /** One of this name that runs {@code closer} when it is closed. */
    public static LoadedModel loaded(String name, Runnable closer) {
        return loaded(name, new FakeBackend(), closer);
    }

    static LoadedModel loaded(String name, FakeBackend backend, Runnable closer) {
        return new LoadedModel(
                new ModelDescription(name, "fake", Harness.CONTEXT, 258, 1000, 4000, "0123456789"),
                new ByteTokenizer(),
                TEMPLATE,
                backend,
                closer);
    }
}
