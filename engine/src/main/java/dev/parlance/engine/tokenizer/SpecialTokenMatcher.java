package dev.parlance.engine.tokenizer;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Finds the special tokens in a text: leftmost first, of those the longest.
 *
 * <p>Control tokens are found only where all their characters are trusted, so a user who writes
 * one, or a part of one beside the program's text, gets plain characters. User-defined tokens are
 * found everywhere, but never so that they swallow the beginning of a trusted control token. Cost:
 * linear in the text, times the longest special token at worst. Source for the order: Hugging Face
 * tokenizers, added_vocabulary.rs (leftmost-longest).
 */
final class SpecialTokenMatcher {
    /** A special token in a text. */
    record Match(int tokenId, int start, int end) {}

    private final GgufVocabulary vocabulary;
    private final TokenTrie trie;
    private final BitSet firstCharacters = new BitSet();

    SpecialTokenMatcher(GgufVocabulary vocabulary) {
        this.vocabulary = vocabulary;
        List<TokenTrie.Entry> entries = new ArrayList<>();
        for (int id = 0; id < vocabulary.size(); id++) {
            TokenKind kind = vocabulary.kind(id);
            if (kind.isHidden() || kind == TokenKind.USER_DEFINED) {
                entries.add(new TokenTrie.Entry(vocabulary.text(id), id));
                firstCharacters.set(vocabulary.text(id).charAt(0));
            }
        }
        trie = TokenTrie.of(entries);
    }

    /** All matches, in order, none touching another. */
    List<Match> findAll(TrustedText text) {
        List<Match> matches = new ArrayList<>();
        int position = 0;
        while (position < text.length()) {
            Match match = match(text, position, true);
            if (match == null) {
                position++;
            } else {
                matches.add(match);
                position = match.end;
            }
        }
        return matches;
    }

    /** The longest match that begins at a position, or null. */
    private @Nullable Match match(TrustedText text, int start, boolean withUserDefined) {
        if (!firstCharacters.get(text.charAt(start))) {
            return null;
        }
        int found = -1;
        int foundEnd = start;
        int trustedEnd = text.trustedEnd(start);
        int node = TokenTrie.ROOT;
        for (int end = start + 1; end <= text.length(); end++) {
            node = trie.child(node, text.charAt(end - 1));
            if (node == TokenTrie.NONE) {
                break;
            }
            int id = trie.id(node);
            if (id < 0) {
                continue;
            }
            boolean isAllowed =
                    vocabulary.kind(id) == TokenKind.USER_DEFINED
                            ? withUserDefined && spares(text, start, end)
                            : end <= trustedEnd;
            if (isAllowed) {
                found = id;
                foundEnd = end;
            }
        }
        return found < 0 ? null : new Match(found, start, foundEnd);
    }

    /** Whether a match that begins in text of a user spares the trusted control token behind it. */
    private boolean spares(TrustedText text, int start, int end) {
        int trusted = text.nextTrusted(start);
        if (trusted == start) {
            return true;
        }
        for (int i = trusted; i < end; i++) {
            Match inner = match(text, i, false);
            if (inner != null && inner.end > end) {
                return false;
            }
        }
        return true;
    }
}
