package dev.parlance.server.api;

import dev.parlance.engine.json.JsonObject;
import dev.parlance.server.catalog.LocalModel;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;

/**
 * What an answer and all its chunks begin with.
 *
 * @param id names the answer
 * @param createdSeconds Unix time
 * @param model the served name of the model, whatever name the client used
 * @param fingerprint changes with whatever decides what a prompt and a seed give
 */
public record ResponseHead(String id, long createdSeconds, String model, String fingerprint) {
    /**
     * A new head.
     *
     * @param idPrefix what the answer's id begins with
     * @param requestId the rest of it, if the client wants to choose; otherwise it is random
     */
    public static ResponseHead create(
            String idPrefix,
            Optional<String> requestId,
            LocalModel model,
            InstantSource clock,
            SecureRandom random) {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return new ResponseHead(
                idPrefix + requestId.orElse(HexFormat.of().formatHex(bytes)),
                clock.instant().getEpochSecond(),
                model.id(),
                "fp_" + model.model().description().fingerprint());
    }

    /** An object that begins with these facts. */
    public JsonObject.Builder toJson(String objectType) {
        return JsonObject.builder()
                .put("id", id)
                .put("object", objectType)
                .put("created", createdSeconds)
                .put("model", model)
                .put("system_fingerprint", fingerprint);
    }
}
