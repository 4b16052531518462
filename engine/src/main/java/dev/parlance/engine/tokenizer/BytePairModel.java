package dev.parlance.engine.tokenizer;

import dev.parlance.engine.tokenizer.PreTokenizer.Trait;
import dev.parlance.engine.tokenizer.SymbolChain.PairRule;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Byte-pair encoding with ranked merges: text is cut into pieces, and in each piece neighbours are
 * merged, lowest rank first.
 *
 * <p>Most vocabularies are byte-level: their symbols are the bytes of UTF-8, written as in {@link
 * ByteLevelAlphabet}; a byte without a token is left out, as in the reference. Some take characters
 * as symbols, with {@code <0xXX>} tokens for characters they lack. Source: Hugging Face tokenizers,
 * models/bpe; llama.cpp, {@code llm_tokenizer_bpe_session}.
 */
final class BytePairModel implements SubwordModel {
    static final char SPACE_MARK = '\u2581';

    private final GgufVocabulary vocabulary;
    private final PairRule rule;
    private final List<Splitter> splitters;
    private final boolean isByteLevel;
    private final boolean escapesSpaces;
    private final boolean takesWholeWords;
    private final boolean takesWholeNewlines;
    private final boolean composes;
    private final int[] byteLevelIds = new int[256];

    /**
     * @param composes whether text is brought into NFC first
     */
    BytePairModel(
            GgufVocabulary vocabulary,
            MergeTable merges,
            PreTokenizer preTokenizer,
            boolean composes) {
        this.vocabulary = vocabulary;
        rule = (chain, left, right) -> merges.find(chain.id(left), chain.id(right));
        splitters = preTokenizer.splitters();
        isByteLevel = !preTokenizer.has(Trait.PLAIN_CHARACTERS);
        escapesSpaces = preTokenizer.has(Trait.ESCAPES_SPACES);
        takesWholeWords = preTokenizer.has(Trait.WHOLE_WORDS);
        takesWholeNewlines = preTokenizer.has(Trait.WHOLE_NEWLINES);
        this.composes = composes;
        for (int value = 0; value < byteLevelIds.length; value++) {
            char[] text = {ByteLevelAlphabet.character(value)};
            byteLevelIds[value] = vocabulary.findTextId(text, 0, 1);
        }
    }

    @Override
    public void encode(String text, IntList ids) {
        String prepared = composes ? ComposedText.of(text) : text;
        if (escapesSpaces) {
            prepared = prepared.replace(' ', SPACE_MARK);
        }
        SymbolChain chain = new SymbolChain(rule);
        IntList ends = pieces(prepared);
        int start = 0;
        for (int i = 0; i < ends.size(); i++) {
            int end = ends.get(i);
            encodePiece(prepared.substring(start, end), chain, ids);
            start = end;
        }
    }

    /** The ends of the pieces that no merge crosses. */
    IntList pieces(String text) {
        IntList ends = new IntList();
        if (!text.isEmpty()) {
            ends.add(text.length());
        }
        for (Splitter splitter : splitters) {
            ends = splitter.split(text, ends);
        }
        return ends;
    }

    private void encodePiece(String piece, SymbolChain chain, IntList ids) {
        char[] symbols = isByteLevel ? byteLevel(piece) : piece.toCharArray();
        if (takesWholeWords || (takesWholeNewlines && isNewlines(symbols))) {
            int whole = vocabulary.findTextId(symbols, 0, symbols.length);
            if (whole >= 0) {
                ids.add(whole);
                return;
            }
        }
        chain.clear();
        if (isByteLevel) {
            addBytes(symbols, chain);
        } else {
            addCharacters(symbols, chain);
        }
        chain.merge();
        for (int symbol = chain.first(); symbol >= 0; symbol = chain.next(symbol)) {
            ids.add(chain.id(symbol));
        }
    }

    private static char[] byteLevel(String piece) {
        byte[] utf8 = piece.getBytes(StandardCharsets.UTF_8);
        char[] symbols = new char[utf8.length];
        for (int i = 0; i < utf8.length; i++) {
            symbols[i] = ByteLevelAlphabet.character(utf8[i] & 0xFF);
        }
        return symbols;
    }

    private static boolean isNewlines(char[] symbols) {
        for (char symbol : symbols) {
            if (symbol != '\n') {
                return false;
            }
        }
        return true;
    }

    private void addBytes(char[] symbols, SymbolChain chain) {
        for (int i = 0; i < symbols.length; i++) {
            int id = byteLevelIds[ByteLevelAlphabet.find(symbols[i])];
            if (id >= 0) {
                chain.add(id, i, i + 1);
            }
        }
    }

    private void addCharacters(char[] symbols, SymbolChain chain) {
        int start = 0;
        while (start < symbols.length) {
            int end = start + Character.charCount(Character.codePointAt(symbols, start));
            int id = vocabulary.findTextId(symbols, start, end);
            if (id >= 0) {
                chain.add(id, start, end);
            } else {
                IntList fallback = new IntList();
                ByteFallback.append(vocabulary, symbols, start, end, fallback);
                for (int i = 0; i < fallback.size(); i++) {
                    chain.add(fallback.get(i), start, end);
                }
            }
            start = end;
        }
    }

    @Override
    public byte[] bytes(int tokenId) {
        int value = vocabulary.byteValue(tokenId);
        if (value >= 0 && !isByteLevel) {
            return new byte[] {(byte) value};
        }
        String text = vocabulary.text(tokenId);
        if (escapesSpaces) {
            return text.replace(SPACE_MARK, ' ').getBytes(StandardCharsets.UTF_8);
        }
        boolean isPlain = !isByteLevel || vocabulary.kind(tokenId) == TokenKind.USER_DEFINED;
        return isPlain ? text.getBytes(StandardCharsets.UTF_8) : fromByteLevel(text);
    }

    /** A token with a character outside the alphabet stands for its text, as in the reference. */
    private static byte[] fromByteLevel(String text) {
        byte[] bytes = new byte[text.length()];
        for (int i = 0; i < bytes.length; i++) {
            int value = ByteLevelAlphabet.find(text.charAt(i));
            if (value < 0) {
                return text.getBytes(StandardCharsets.UTF_8);
            }
            bytes[i] = (byte) value;
        }
        return bytes;
    }

    @Override
    public boolean prefixesSpace() {
        return false;
    }
}
