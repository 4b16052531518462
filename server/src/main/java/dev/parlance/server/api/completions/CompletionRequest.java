package dev.parlance.server.api.completions;

import dev.parlance.engine.json.JsonObject;
import dev.parlance.server.api.ApiException;
import dev.parlance.server.api.ApiOptions;
import dev.parlance.server.api.FieldReader;
import dev.parlance.server.api.GenerationFields;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A request whose fields are right in themselves; whether they suit a model is checked later.
 *
 * @param suffix what stands behind the gap that is to be filled
 * @param addSpecialTokens whether texts get BOS and the like as the model's file asks
 * @param maxTokens -1: until the context ends
 * @param echo the prompt comes before the continuation
 * @param candidates continuations to generate per prompt; the best of them become its choices
 * @param topLogprobs how many likely tokens to report per position; -1: no log probabilities
 */
record CompletionRequest(
        GenerationFields common,
        List<CompletionPrompt> prompts,
        Optional<String> suffix,
        boolean addSpecialTokens,
        OptionalInt maxTokens,
        boolean echo,
        int candidates,
        int topLogprobs) {
    CompletionRequest {
        prompts = List.copyOf(prompts);
    }

    static CompletionRequest parse(JsonObject json, ApiOptions options) {
        CompletionFields.TABLE.check(json, options);
        FieldReader body = FieldReader.of(json);
        boolean echo = body.bool("echo", false);
        Optional<String> suffix = body.string("suffix").filter(text -> !text.isEmpty());
        if (echo && suffix.isPresent()) {
            throw ApiException.badField(
                    "echo",
                    "invalid_parameter_combination",
                    "'echo' and 'suffix' must not both be given");
        }
        GenerationFields common = GenerationFields.read(body, options);
        int topLogprobs = topLogprobs(body, options);
        common.logprobs().check(topLogprobs >= 0);
        return new CompletionRequest(
                common,
                CompletionPrompt.read(body),
                suffix,
                body.bool("add_special_tokens", true),
                maxTokens(body),
                echo,
                candidates(body, common),
                topLogprobs);
    }

    private static OptionalInt maxTokens(FieldReader body) {
        OptionalLong foreign = body.integer("n_predict", -1, Integer.MAX_VALUE);
        OptionalLong own = body.integer("max_tokens", -1, Integer.MAX_VALUE);
        OptionalLong asked = own.isPresent() ? own : foreign;
        return asked.isPresent() ? OptionalInt.of((int) asked.getAsLong()) : OptionalInt.empty();
    }

    private static int topLogprobs(FieldReader body, ApiOptions options) {
        int foreign = body.integer("n_probs", 0, options.maxLogprobs(), 0);
        return body.integer("logprobs", 0, options.maxLogprobs(), foreign == 0 ? -1 : foreign);
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
