package dev.parlance.engine.tokenizer;

import dev.parlance.engine.tokenizer.SpecialTokenMatcher.Match;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A tokenizer: special tokens are cut out first, then a {@link SubwordModel} writes what lies
 * between them.
 */
final class ModelTokenizer implements Tokenizer {
    /** Which tokens stand around a whole text. */
    record Ends(boolean addsBos, boolean addsEos, boolean addsSeparator) {}

    private static final Pattern LEADING_SPACE =
            Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern TRAILING_SPACE =
            Pattern.compile("(?<!\\s)\\s+\\z", Pattern.UNICODE_CHARACTER_CLASS);

    private final GgufVocabulary vocabulary;
    private final SubwordModel model;
    private final Ends ends;
    private final SpecialTokenMatcher specialTokens;

    ModelTokenizer(GgufVocabulary vocabulary, SubwordModel model, Ends ends) {
        this.vocabulary = vocabulary;
        this.model = model;
        this.ends = ends;
        specialTokens = new SpecialTokenMatcher(vocabulary);
    }

    @Override
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    @Override
    public int[] encode(PromptText text) {
        IntList ids = new IntList();
        append(TrustedText.of(text), ids);
        return ids.toArray();
    }

    @Override
    public int[] encodeWithSpecialTokens(PromptText text) {
        IntList ids = new IntList();
        int bos = vocabulary.specialIds().bos();
        if (ends.addsBos) {
            ids.add(bos);
        }
        append(TrustedText.of(text), ids);
        if (ends.addsBos && ids.size() > 1 && ids.get(1) == bos) {
            ids.removeFirst();
        }
        if (ends.addsEos) {
            ids.add(vocabulary.specialIds().eos());
        }
        if (ends.addsSeparator) {
            ids.add(vocabulary.specialIds().separator());
        }
        return ids.toArray();
    }

    private void append(TrustedText text, IntList ids) {
        int position = 0;
        int before = -1;
        for (Match match : specialTokens.findAll(text)) {
            appendBetween(text.substring(position, match.start()), before, match.tokenId(), ids);
            ids.add(match.tokenId());
            position = match.end();
            before = match.tokenId();
        }
        appendBetween(text.substring(position, text.length()), before, -1, ids);
    }

    /** Appends the text between two special tokens, of which -1 is none. */
    private void appendBetween(String text, int before, int after, IntList ids) {
        String stripped = text;
        if (after >= 0 && vocabulary.stripsBefore(after)) {
            stripped = TRAILING_SPACE.matcher(stripped).replaceFirst("");
        }
        if (before >= 0 && vocabulary.stripsAfter(before)) {
            Matcher leading = LEADING_SPACE.matcher(stripped);
            stripped = leading.lookingAt() ? stripped.substring(leading.end()) : stripped;
        }
        if (!stripped.isEmpty()) {
            model.encode(stripped, ids);
        }
    }

    @Override
    public byte[] bytes(int tokenId) {
        return vocabulary.kind(tokenId).isHidden()
                ? vocabulary.text(tokenId).getBytes(StandardCharsets.UTF_8)
                : model.bytes(tokenId);
    }

    @Override
    public Detokenizer detokenizer(boolean withSpecialTokens) {
        return new Utf8Detokenizer(tokenId ->
                withSpecialTokens || !vocabulary.kind(tokenId).isHidden()
                        ? bytes(tokenId)
                        : new byte[0]);
    }

    @Override
    public String decode(int[] tokenIds, boolean withSpecialTokens) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        boolean isStart = true;
        for (int tokenId : tokenIds) {
            boolean isHidden = vocabulary.kind(tokenId).isHidden();
            if (isHidden && !withSpecialTokens) {
                continue;
            }
            byte[] bytes = bytes(tokenId);
            boolean dropsSpace =
                    isStart
                            && !isHidden
                            && model.prefixesSpace()
                            && bytes.length > 0
                            && bytes[0] == ' ';
            int offset = dropsSpace ? 1 : 0;
            text.write(bytes, offset, bytes.length - offset);
            isStart &= isHidden;
        }
        return text.toString(StandardCharsets.UTF_8);
    }
}
