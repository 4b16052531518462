package dev.parlance.server.api;

import dev.parlance.engine.ModelDescription;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.server.catalog.LocalModel;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * What an answer and all its chunks begin with.
 *
 * @param id names the answer
 * @param createdSeconds Unix time
 * @param model the served name of the model, whatever name the client used
 * @param fingerprint changes with the model behind the name
 */
public record ResponseHead(String id, long createdSeconds, String model, String fingerprint) {
    /** A new head, with a random id that begins so. */
    public static ResponseHead create(
            String idPrefix, LocalModel model, InstantSource clock, SecureRandom random) {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return new ResponseHead(
                idPrefix + HexFormat.of().formatHex(bytes),
                clock.instant().getEpochSecond(),
                model.id(),
                fingerprint(model.model().description()));
    }

    private static String fingerprint(ModelDescription model) {
        CRC32C checksum = new CRC32C();
        checksum.update(model.toString().getBytes(StandardCharsets.UTF_8));
        return "fp_%08x".formatted(checksum.getValue());
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
