package dev.parlance.server.api.completions;

import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonNumber;
import dev.parlance.engine.json.JsonString;
import dev.parlance.engine.json.JsonValue;
import dev.parlance.engine.tokenizer.PromptText;
import dev.parlance.engine.tokenizer.Tokenizer;
import dev.parlance.engine.tokenizer.Vocabulary;
import dev.parlance.server.api.ApiException;
import dev.parlance.server.api.FieldReader;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** One prompt as it was given. */
sealed interface CompletionPrompt {
    /** More prompts than any client sends at once. */
    int MAX_PROMPTS = 2048;

    /** A text; special tokens in it are parsed. */
    record Text(String text) implements CompletionPrompt {}

    /**
     * Token ids, taken as they are; not to be changed.
     *
     * @param path where they stand in the request
     */
    record Ids(int[] ids, String path) implements CompletionPrompt {}

    /** The four shapes of the field, and null: a new document. */
    static List<CompletionPrompt> read(FieldReader body) {
        Optional<JsonValue> field = body.find("prompt");
        if (field.isEmpty()) {
            return List.of(new Text(""));
        }
        String path = body.path("prompt");
        return switch (field.get()) {
            case JsonString(String text) -> List.of(new Text(text));
            case JsonArray(List<JsonValue> values) -> ofArray(values, path);
            default -> throw FieldReader.wrongType(path, "a string or an array", field.get());
        };
    }

    private static List<CompletionPrompt> ofArray(List<JsonValue> values, String path) {
        if (values.isEmpty()) {
            throw empty(path);
        }
        if (values.getFirst() instanceof JsonNumber) {
            return List.of(ids(values, path));
        }
        FieldReader.checkSize(path, values.size(), MAX_PROMPTS);
        List<CompletionPrompt> prompts = new ArrayList<>(values.size());
        boolean texts = values.getFirst() instanceof JsonString;
        for (int i = 0; i < values.size(); i++) {
            String at = path + "[" + i + "]";
            prompts.add(
                    texts
                            ? new Text(FieldReader.string(values.get(i), at))
                            : ids(FieldReader.array(values.get(i), at), at));
        }
        return prompts;
    }

    private static Ids ids(List<JsonValue> values, String path) {
        if (values.isEmpty()) {
            throw empty(path);
        }
        int[] ids = new int[values.size()];
        for (int i = 0; i < ids.length; i++) {
            String at = path + "[" + i + "]";
            ids[i] = (int) FieldReader.integer(values.get(i), at, 0, Integer.MAX_VALUE);
        }
        return new Ids(ids, path);
    }

    private static ApiException empty(String path) {
        return ApiException.badField(
                path, "empty_array", "'" + path + "' must have at least 1 entry");
    }

    /**
     * The tokens of the prompt; an empty text begins a new document.
     *
     * @param addSpecialTokens whether a text gets BOS and the like as the model's file asks
     * @param parseSpecialTokens whether special tokens in a text are recognised
     * @throws ApiException 400 if an id is not in the vocabulary, or an empty text makes no token
     */
    default int[] tokens(
            Tokenizer tokenizer, boolean addSpecialTokens, boolean parseSpecialTokens) {
        return switch (this) {
            case Ids(int[] ids, String path) -> {
                for (int i = 0; i < ids.length; i++) {
                    checkId(ids[i], path + "[" + i + "]", tokenizer.vocabulary().size());
                }
                yield ids;
            }
            case Text(String text) -> {
                PromptText prompt =
                        parseSpecialTokens
                                ? PromptText.withSpecialTokens(text)
                                : PromptText.plain(text);
                int[] ids =
                        addSpecialTokens
                                ? tokenizer.encodeWithSpecialTokens(prompt)
                                : tokenizer.encode(prompt);
                yield ids.length > 0 ? ids : newDocument(tokenizer.vocabulary());
            }
        };
    }

    private static void checkId(int id, String path, int vocabularySize) {
        if (id >= vocabularySize) {
            throw ApiException.invalidValue(
                    path,
                    "token ids in 'prompt' must be between 0 and "
                            + (vocabularySize - 1)
                            + ", got "
                            + id);
        }
    }

    private static int[] newDocument(Vocabulary vocabulary) {
        OptionalInt first = vocabulary.bos().isPresent() ? vocabulary.bos() : vocabulary.eos();
        if (first.isEmpty()) {
            throw ApiException.invalidValue(
                    "prompt",
                    "'prompt' must not be empty: this model has no token that begins a text");
        }
        return new int[] {first.getAsInt()};
    }
}
