package dev.parlance.engine.tokenizer;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * A prefix tree of token texts over UTF-16 characters.
 *
 * <p>Nodes are numbered in breadth-first order, so the children of a node lie side by side, sorted
 * by character, and three flat arrays hold the whole tree. Threads: safe. Cost: a step is a binary
 * search among the node's children.
 */
final class TokenTrie {
    static final int ROOT = 0;
    static final int NONE = -1;

    /** A text and the id of its token. */
    record Entry(String text, int id) {}

    private final char[] labels;
    private final int[] firstChildren;
    private final int[] ids;

    private TokenTrie(int nodeCount) {
        labels = new char[nodeCount];
        firstChildren = new int[nodeCount + 1];
        ids = new int[nodeCount];
        Arrays.fill(ids, NONE);
    }

    static TokenTrie of(List<Entry> entries) {
        Entry[] sorted = entries.toArray(Entry[]::new);
        Arrays.sort(sorted, Comparator.comparing(Entry::text));
        TokenTrie trie = new TokenTrie(countNodes(sorted));
        trie.build(sorted);
        return trie;
    }

    private static int countNodes(Entry[] sorted) {
        int count = 1;
        String previous = "";
        for (Entry entry : sorted) {
            int shared = 0;
            int limit = Math.min(previous.length(), entry.text.length());
            while (shared < limit && previous.charAt(shared) == entry.text.charAt(shared)) {
                shared++;
            }
            count += entry.text.length() - shared;
            previous = entry.text;
        }
        return count;
    }

    private void build(Entry[] sorted) {
        // Node n covers the entries from..to that share its prefix of the given depth.
        int[] from = new int[ids.length];
        int[] to = new int[ids.length];
        int[] depths = new int[ids.length];
        to[ROOT] = sorted.length;
        int nodeCount = 1;
        for (int node = 0; node < ids.length; node++) {
            firstChildren[node] = nodeCount;
            int depth = depths[node];
            int entry = from[node];
            while (entry < to[node] && sorted[entry].text.length() == depth) {
                ids[node] = sorted[entry++].id;
            }
            while (entry < to[node]) {
                int start = entry;
                char label = sorted[entry].text.charAt(depth);
                while (entry < to[node] && sorted[entry].text.charAt(depth) == label) {
                    entry++;
                }
                labels[nodeCount] = label;
                from[nodeCount] = start;
                to[nodeCount] = entry;
                depths[nodeCount] = depth + 1;
                nodeCount++;
            }
        }
        firstChildren[ids.length] = nodeCount;
    }

    /** The node that a character leads to from a node, or {@link #NONE}. */
    int child(int node, char character) {
        int low = firstChildren[node];
        int high = firstChildren[node + 1] - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (labels[middle] < character) {
                low = middle + 1;
            } else if (labels[middle] > character) {
                high = middle - 1;
            } else {
                return middle;
            }
        }
        return NONE;
    }

    /** The id of the token that ends at a node, or {@link #NONE}. */
    int id(int node) {
        return ids[node];
    }
}
