package dev.parlance.server.api.tokenize;

import dev.parlance.engine.LoadedModel;
import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonNull;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonString;
import dev.parlance.engine.json.JsonValue;
import dev.parlance.engine.tokenizer.PromptText;
import dev.parlance.engine.tokenizer.Tokenizer;
import dev.parlance.server.api.ApiException;
import dev.parlance.server.api.ApiOptions;
import dev.parlance.server.api.ConversationFields;
import dev.parlance.server.api.FieldReader;
import dev.parlance.server.api.JsonBodies;
import dev.parlance.server.api.ModelLookup;
import dev.parlance.server.api.TokenTexts;
import dev.parlance.server.http.HttpRequest;
import dev.parlance.server.http.HttpResponse;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Answers {@code POST /tokenize} and {@code POST /detokenize}. Threads: safe. */
public final class TokenizeEndpoint {
    private final ModelLookup models;
    private final InstantSource clock;
    private final ApiOptions options;

    public TokenizeEndpoint(ModelLookup models, InstantSource clock, ApiOptions options) {
        this.models = models;
        this.clock = clock;
        this.options = options;
    }

    /** The tokens of a text or of a conversation. */
    public HttpResponse tokenize(HttpRequest request) throws InterruptedException {
        JsonObject json = JsonBodies.read(request);
        TokenizeFields.TOKENIZE.check(json, options);
        FieldReader body = FieldReader.of(json);
        boolean chat = body.find("messages").isPresent();
        if (chat && body.find("prompt").isPresent()) {
            throw ApiException.badField(
                    "prompt",
                    "invalid_parameter_combination",
                    "'prompt' and 'messages' must not both be given");
        }
        boolean addSpecialTokens = body.bool("add_special_tokens", !chat);
        boolean withStrings = body.bool("return_token_strs", false);
        var conversation = chat ? ConversationFields.read(body) : null;
        String prompt = chat ? "" : body.requireString("prompt");

        LoadedModel model = models.borrowNamedOrFirst(body.string("model"), request).model();
        PromptText text =
                conversation == null
                        ? PromptText.withSpecialTokens(prompt)
                        : ConversationFields.render(conversation, model, clock);
        Tokenizer tokenizer = model.tokenizer();
        int[] tokens =
                addSpecialTokens ? tokenizer.encodeWithSpecialTokens(text) : tokenizer.encode(text);
        return JsonBodies.ok(
                JsonObject.builder()
                        .put("count", tokens.length)
                        .put("max_model_len", model.description().contextLength())
                        .put("tokens", TokenTexts.ids(tokens))
                        .put("token_strs", withStrings ? strings(tokens, tokenizer) : JsonNull.NULL)
                        .build());
    }

    private static JsonArray strings(int[] tokens, Tokenizer tokenizer) {
        List<JsonValue> strings = new ArrayList<>(tokens.length);
        for (int token : tokens) {
            strings.add(new JsonString(tokenizer.vocabulary().text(token)));
        }
        return new JsonArray(strings);
    }

    /** The text of tokens. */
    public HttpResponse detokenize(HttpRequest request) throws InterruptedException {
        JsonObject json = JsonBodies.read(request);
        TokenizeFields.DETOKENIZE.check(json, options);
        FieldReader body = FieldReader.of(json);
        List<JsonValue> values = FieldReader.array(body.require("tokens"), "tokens");
        LoadedModel model = models.borrowNamedOrFirst(body.string("model"), request).model();
        Tokenizer tokenizer = model.tokenizer();
        int last = tokenizer.vocabulary().size() - 1;
        int[] tokens = new int[values.size()];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = (int) FieldReader.integer(values.get(i), "tokens[" + i + "]", 0, last);
        }
        return JsonBodies.ok(
                JsonObject.builder().put("prompt", tokenizer.decode(tokens, true)).build());
    }
}
