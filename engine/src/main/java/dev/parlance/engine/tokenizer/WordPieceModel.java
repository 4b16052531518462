package dev.parlance.engine.tokenizer;

import java.nio.charset.StandardCharsets;

/**
 * BERT's WordPiece: text is cut into words and punctuation, and each word is written with the
 * longest tokens that fit, from left to right.
 *
 * <p>A word that cannot be written so, or has more than {@link #MAX_WORD_LENGTH} characters, is one
 * unknown token. GGUF files mark the tokens that begin a word with U+2581; files with BERT's own
 * {@code ##} on the tokens that do not are understood too. Cost: linear, times the longest token.
 * Source: Hugging Face tokenizers, models/wordpiece; llama.cpp, {@code llm_tokenizer_wpm_session}.
 */
final class WordPieceModel implements SubwordModel {
    /** Hugging Face, {@code max_input_chars_per_word}. */
    static final int MAX_WORD_LENGTH = 100;

    private static final String CONTINUATION_MARK = "##";

    private final GgufVocabulary vocabulary;
    private final BertWords words;
    private final boolean marksContinuation;
    private final String startMark;
    private final String continuationMark;

    WordPieceModel(GgufVocabulary vocabulary, BertWords words) {
        this.vocabulary = vocabulary;
        this.words = words;
        boolean marksStarts = false;
        boolean marksContinuations = false;
        for (int id = 0; id < vocabulary.size(); id++) {
            String text = vocabulary.text(id);
            marksStarts |= text.length() > 1 && text.charAt(0) == BytePairModel.SPACE_MARK;
            marksContinuations |= isContinuation(text);
        }
        marksContinuation = marksContinuations && !marksStarts;
        startMark = marksContinuation ? "" : String.valueOf(BytePairModel.SPACE_MARK);
        continuationMark = marksContinuation ? CONTINUATION_MARK : "";
    }

    private static boolean isContinuation(String text) {
        return text.length() > CONTINUATION_MARK.length() && text.startsWith(CONTINUATION_MARK);
    }

    @Override
    public void encode(String text, IntList ids) {
        for (String word : words.split(text)) {
            encodeWord(word, ids);
        }
    }

    private void encodeWord(String word, IntList ids) {
        IntList pieces = new IntList();
        boolean fits = word.codePointCount(0, word.length()) <= MAX_WORD_LENGTH;
        int start = 0;
        while (fits && start < word.length()) {
            char[] rest =
                    ((start == 0 ? startMark : continuationMark) + word.substring(start))
                            .toCharArray();
            int markLength = rest.length - (word.length() - start);
            int end = rest.length;
            int id = -1;
            while (end > markLength && id < 0) {
                id = vocabulary.findTextId(rest, 0, end);
                end -= id < 0 ? 1 : 0;
            }
            fits = id >= 0;
            pieces.add(id);
            start += end - markLength;
        }
        if (!fits) {
            int unknown = vocabulary.specialIds().unknown();
            if (unknown >= 0) {
                ids.add(unknown);
            }
            return;
        }
        for (int i = 0; i < pieces.size(); i++) {
            ids.add(pieces.get(i));
        }
    }

    @Override
    public byte[] bytes(int tokenId) {
        String text = vocabulary.text(tokenId);
        if (!marksContinuation) {
            text = text.replace(BytePairModel.SPACE_MARK, ' ');
        } else if (isContinuation(text)) {
            text = text.substring(CONTINUATION_MARK.length());
        } else {
            text = " " + text;
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean prefixesSpace() {
        return true;
    }
}
