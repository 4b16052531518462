package dev.parlance.server.api.completions;

import dev.parlance.engine.LoadedModel;
import dev.parlance.engine.tokenizer.FillInMiddle;
import dev.parlance.engine.tokenizer.PromptText;
import dev.parlance.engine.tokenizer.Tokenizer;
import dev.parlance.server.api.ApiException;

import java.util.Optional;

/**
 * The way from the prompts of a request to tokens: encoded, cut if asked for, and put around the
 * gap that is to be filled.
 *
 * @param gap absent: the prompt is to be continued
 */
record PromptPreparation(CompletionRequest request, LoadedModel model, Optional<Gap> gap) {
    /** What stands behind the gap, and the marks around it. */
    private record Gap(FillInMiddle marks, int[] after) {
        int length() {
            return after.length + 3;
        }
    }

    /**
     * @throws ApiException 400 if there is a suffix that the model has no tokens for
     */
    static PromptPreparation of(CompletionRequest request, LoadedModel model) {
        return new PromptPreparation(
                request, model, request.suffix().map(suffix -> gap(suffix, request, model)));
    }

    private static Gap gap(String suffix, CompletionRequest request, LoadedModel model) {
        FillInMiddle marks =
                model.tokenizer()
                        .vocabulary()
                        .fillInMiddle()
                        .orElseThrow(() -> noMarks(request.common().model()));
        return new Gap(marks, model.tokenizer().encode(PromptText.plain(suffix)));
    }

    private static ApiException noMarks(String model) {
        return ApiException.unsupported(
                "suffix",
                "'suffix' is not supported by the model '"
                        + model
                        + "': it has no tokens for filling in the middle");
    }

    /**
     * @throws ApiException 400 if a token id is not in the vocabulary, or an empty text makes no
     *     token
     */
    PreparedPrompt prepare(CompletionPrompt prompt) {
        Tokenizer tokenizer = model.tokenizer();
        // Around a gap stands code, in which no special token is meant.
        int[] whole = prompt.tokens(tokenizer, request.addSpecialTokens(), gap.isEmpty());
        int[] tokens = request.common().truncation().cut(whole, room());
        if (gap.isPresent()) {
            int bos = tokenizer.vocabulary().bos().orElse(-1);
            int[] filling = gap.get().marks().prompt(tokens, gap.get().after(), bos);
            return new PreparedPrompt(filling, Optional.empty());
        }
        if (!request.echo()) {
            return new PreparedPrompt(tokens, Optional.empty());
        }
        CompletionPrompt shown =
                tokens.length == whole.length ? prompt : new CompletionPrompt.Ids(tokens, "prompt");
        boolean withSpecial = !request.common().skipSpecialTokens();
        return new PreparedPrompt(
                tokens, Optional.of(EchoedPrompt.of(shown, tokens, tokenizer, withSpecial)));
    }

    /** Tokens of the context that nothing else needs. */
    private int room() {
        return model.description().contextLength()
                - Math.max(1, request.maxTokens().orElse(1))
                - gap.map(Gap::length).orElse(0);
    }
}
