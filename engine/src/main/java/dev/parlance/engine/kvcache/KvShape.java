package dev.parlance.engine.kvcache;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a position has keys and values for.
 *
 * @param windows per layer, how many positions a row sees, its own included; 0 for all
 * @param heads key/value heads of each layer
 * @param headLength floats of one head's key; as many as of its value
 */
public record KvShape(List<Integer> windows, int heads, int headLength) {
    public KvShape {
        windows = List.copyOf(windows);
    }

    /** Of layers that all see everything. */
    public KvShape(int layers, int heads, int headLength) {
        this(Collections.nCopies(layers, 0), heads, headLength);
    }

    /** Blocks that keep {@code tokens} positions. */
    public int blocksFor(int tokens) {
        return groups().blocksFor(tokens);
    }

    /**
     * Blocks that a sequence of {@code tokens} positions has at most at once, if it gives back what
     * its rows no longer see.
     *
     * @param ahead as in {@link KvDemand}
     */
    public int blocksFor(int tokens, int ahead) {
        return groups().blocksFor(tokens, ahead);
    }

    /**
     * Layers with equal windows, in groups of equally many, so that all blocks are of one size and
     * any can serve any group. There are as many layers in a group as have the window that is
     * rarest; the last group of a window may have fewer, which leaves some of its blocks empty.
     */
    KvGroups groups() {
        Map<Integer, List<Integer>> layersOfWindow = new LinkedHashMap<>();
        for (int layer = 0; layer < windows.size(); layer++) {
            layersOfWindow.computeIfAbsent(windows.get(layer), _ -> new ArrayList<>()).add(layer);
        }
        int size = layersOfWindow.values().stream().mapToInt(List::size).min().orElse(1);
        List<Integer> groupWindows = new ArrayList<>();
        int[] groupOfLayer = new int[windows.size()];
        int[] placeOfLayer = new int[windows.size()];
        layersOfWindow.forEach((window, layers) -> {
            for (int i = 0; i < layers.size(); i++) {
                if (i % size == 0) {
                    groupWindows.add(window);
                }
                groupOfLayer[layers.get(i)] = groupWindows.size() - 1;
                placeOfLayer[layers.get(i)] = i % size;
            }
        });
        return new KvGroups(size, groupWindows, groupOfLayer, placeOfLayer);
    }
}
