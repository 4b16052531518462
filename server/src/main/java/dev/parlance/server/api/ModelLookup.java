package dev.parlance.server.api;

import dev.parlance.server.catalog.LocalModel;
import dev.parlance.server.catalog.ModelCatalog;
import dev.parlance.server.catalog.ModelLease;
import dev.parlance.server.catalog.ModelStatus;
import dev.parlance.server.catalog.ModelUnavailableException;
import dev.parlance.server.http.ClientGoneException;
import dev.parlance.server.http.HttpRequest;

import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Finds the model that a request names. Threads: safe. */
public final class ModelLookup {
    private final ModelCatalog catalog;

    public ModelLookup(ModelCatalog catalog) {
        this.catalog = catalog;
    }

    /**
     * The model of this name, which stays loaded until the request has been answered. Waits for it,
     * within bounds, if it is not in memory.
     *
     * @throws ApiException 404 if there is no such model for the caller of the request, 503 if it
     *     cannot be had now
     * @throws ClientGoneException if the client leaves meanwhile
     */
    public LocalModel borrow(String name, HttpRequest request) throws InterruptedException {
        String id =
                catalog.find(name)
                        .filter(request.grant().caller()::mayUse)
                        .orElseThrow(() -> ApiException.modelNotFound(name));
        CompletableFuture<ModelLease> coming = catalog.acquire(id);
        request.scope().onEnd(() -> giveBack(coming));
        request.clientGone().onCancel(() -> coming.cancel(false));
        try {
            return coming.get().model();
        } catch (CancellationException left) {
            throw new ClientGoneException();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ModelUnavailableException why) {
                throw ApiException.unavailable(why.retryAfterSeconds(), why.getMessage());
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** The model of a request that need not name one: the first that its caller may use. */
    public LocalModel borrowNamedOrFirst(Optional<String> name, HttpRequest request)
            throws InterruptedException {
        Optional<String> first =
                catalog.models().stream()
                        .map(ModelStatus::id)
                        .filter(request.grant().caller()::mayUse)
                        .findFirst();
        return borrow(name.or(() -> first).orElse(""), request);
    }

    private static void giveBack(CompletableFuture<ModelLease> coming) {
        if (!coming.cancel(false) && !coming.isCompletedExceptionally()) {
            coming.join().close();
        }
    }
}
