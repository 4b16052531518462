package dev.parlance.engine.tokenizer;

import dev.parlance.engine.gguf.GgufFormatException;
import dev.parlance.engine.gguf.GgufMetadata;

import java.util.List;
import java.util.Optional;

/**
 * Reads the merges of a byte-pair vocabulary from a file's metadata.
 *
 * <p>Errors: {@link GgufFormatException} names the merge that is not two tokens that make a third.
 * A merge that would make a control token is left out: no text can spell one.
 */
final class MergeReader {
    private final GgufMetadata metadata;
    private final GgufVocabulary vocabulary;

    private MergeReader(GgufMetadata metadata, GgufVocabulary vocabulary) {
        this.metadata = metadata;
        this.vocabulary = vocabulary;
    }

    /**
     * @param isRankedById whether a file without merges is merged by its tokens' ids
     */
    static MergeTable read(GgufMetadata metadata, GgufVocabulary vocabulary, boolean isRankedById) {
        Optional<List<String>> merges = metadata.findStrings(TokenizerKeys.MERGES);
        MergeReader reader = new MergeReader(metadata, vocabulary);
        if (merges.isEmpty() && isRankedById) {
            return reader.derive();
        }
        return reader.read(merges.orElseThrow(() -> metadata.missing(TokenizerKeys.MERGES)));
    }

    private MergeTable read(List<String> merges) {
        MergeTable table = new MergeTable(merges.size());
        for (int rank = 0; rank < merges.size(); rank++) {
            String merge = merges.get(rank);
            int space = merge.indexOf(' ', 1);
            if (space < 0) {
                throw damaged(rank, merge, "it must be two tokens with a space between them");
            }
            char[] text = merge.toCharArray();
            int left = id(rank, merge, text, 0, space);
            int right = id(rank, merge, text, space + 1, text.length);
            System.arraycopy(text, space + 1, text, space, text.length - space - 1);
            int merged = id(rank, merge, text, 0, text.length - 1);
            if (vocabulary.kind(merged) != TokenKind.CONTROL) {
                table.add(left, right, rank, merged);
            }
        }
        return table;
    }

    private int id(int rank, String merge, char[] text, int start, int end) {
        int id = vocabulary.findAnyId(text, start, end);
        if (id < 0) {
            String part = new String(text, start, end - start);
            throw damaged(rank, merge, "'" + part + "' is not in the vocabulary");
        }
        return id;
    }

    private GgufFormatException damaged(int rank, String merge, String problem) {
        return new GgufFormatException(
                metadata.fileName()
                        + ": metadata '"
                        + TokenizerKeys.MERGES
                        + "' has '"
                        + merge
                        + "' at index "
                        + rank
                        + "; "
                        + problem);
    }

    /**
     * Finds for every token the two tokens that its text falls into when it is merged by lower ids
     * alone: what a tiktoken vocabulary means by its ranks.
     */
    private MergeTable derive() {
        MergeTable table = new MergeTable(vocabulary.size());
        SymbolChain chain =
                new SymbolChain((c, left, right) -> table.find(c.id(left), c.id(right)));
        for (int id = 0; id < vocabulary.size(); id++) {
            if (!vocabulary.kind(id).isText()) {
                continue;
            }
            char[] text = vocabulary.text(id).toCharArray();
            chain.clear();
            for (int i = 0; i < text.length; i++) {
                chain.add(vocabulary.findTextId(text, i, i + 1), i, i + 1);
            }
            chain.merge();
            int left = chain.first();
            int right = chain.next(left);
            if (right >= 0 && chain.next(right) < 0) {
                table.add(chain.id(left), chain.id(right), id, id);
            }
        }
        return table;
    }
}
