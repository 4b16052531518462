package dev.parlance.server.api.completions;

import dev.parlance.engine.json.JsonObject;
import dev.parlance.server.api.ApiException;
import dev.parlance.server.api.FieldReader;
import dev.parlance.server.api.GenerationFields;

import java.util.List;
import java.util.OptionalInt;

/**
 * A request whose fields are right in themselves; whether they suit a model is checked later.
 *
 * @param addSpecialTokens whether texts get BOS and the like as the model's file asks
 * @param maxTokens -1: until the context ends
 * @param echo the prompt comes before the continuation
 * @param candidates continuations to generate per prompt; the best of them become its choices
 * @param topLogprobs how many likely tokens to report per position; -1: no log probabilities
 */
record CompletionRequest(
        GenerationFields common,
        List<CompletionPrompt> prompts,
        boolean addSpecialTokens,
        OptionalInt maxTokens,
        boolean echo,
        int candidates,
        int topLogprobs) {
    /** OpenAI allows 5; its chat endpoint 20. */
    private static final int MAX_LOGPROBS = 20;

    CompletionRequest {
        prompts = List.copyOf(prompts);
    }

    static CompletionRequest parse(JsonObject json) {
        CompletionFields.TABLE.check(json);
        FieldReader body = FieldReader.of(json);
        GenerationFields common = GenerationFields.read(body);
        var maxTokens = body.integer("max_tokens", -1, Integer.MAX_VALUE);
        return new CompletionRequest(
                common,
                CompletionPrompt.read(body),
                body.bool("add_special_tokens", true),
                maxTokens.isPresent()
                        ? OptionalInt.of((int) maxTokens.getAsLong())
                        : OptionalInt.empty(),
                body.bool("echo", false),
                candidates(body, common),
                body.integer("logprobs", 0, MAX_LOGPROBS, -1));
    }

    private static int candidates(FieldReader body, GenerationFields common) {
        int bestOf = body.integer("best_of", 0, GenerationFields.MAX_CHOICES, 0);
        if (bestOf == 0) {
            return common.choices();
        }
        if (bestOf < common.choices()) {
            throw ApiException.invalidValue(
                    body.path("best_of"),
                    "'best_of' must be at least 'n', which is "
                            + common.choices()
                            + ", got "
                            + bestOf);
        }
        if (bestOf > common.choices() && common.streaming().stream()) {
            throw ApiException.badField(
                    body.path("best_of"),
                    "invalid_parameter_combination",
                    "'best_of' above 'n' cannot be streamed: which choices are best is known only"
                            + " when all are complete");
        }
        return bestOf;
    }

    /** Whether there are more candidates than choices to return. */
    boolean chooses() {
        return candidates > common.choices();
    }

    boolean wantsLogprobs() {
        return topLogprobs >= 0;
    }
}
