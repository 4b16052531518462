package dev.parlance.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parlance.engine.gguf.GgufFormatException;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

class CharacterMapTest {
    private static final int UNITS = 1 << 15;

    /**
     * A map as a file has it, built the plain way: every node takes the first place that is free.
     */
    static long[] values(Map<String, String> replacements) {
        int[] units = new int[UNITS];
        boolean[] used = new boolean[UNITS];
        used[0] = true;
        ByteBuffer texts = ByteBuffer.allocate(1 << 12);
        TreeMap<String, Integer> offsets = new TreeMap<>();
        for (Map.Entry<String, String> entry : replacements.entrySet()) {
            byte[] key = entry.getKey().getBytes(StandardCharsets.UTF_8);
            offsets.put(new String(key, StandardCharsets.ISO_8859_1), texts.position());
            texts.put(entry.getValue().getBytes(StandardCharsets.UTF_8)).put((byte) 0);
        }
        place("", 0, offsets, units, used, new HashSet<>());
        ByteBuffer all =
                ByteBuffer.allocate(4 + UNITS * 4 + texts.position())
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(UNITS * 4);
        Arrays.stream(units).forEach(all::putInt);
        all.put(texts.flip());
        long[] values = new long[all.capacity()];
        for (int i = 0; i < values.length; i++) {
            values[i] = all.get(i);
        }
        return values;
    }

    private static void place(
            String prefix,
            int node,
            TreeMap<String, Integer> offsets,
            int[] units,
            boolean[] used,
            Set<Integer> bases) {
        boolean[] labels = new boolean[256];
        boolean hasChild = false;
        for (String key : offsets.keySet()) {
            if (key.length() > prefix.length() && key.startsWith(prefix)) {
                labels[key.charAt(prefix.length())] = true;
                hasChild = true;
            }
        }
        Integer text = offsets.get(prefix);
        if (!hasChild && text == null) {
            return;
        }
        int base = 1;
        // Children know their label, not their parent, so no two nodes may share a base.
        while (!bases.add(base) || !fits(base, labels, text != null, used)) {
            base++;
        }
        units[node] |= (node ^ base) << 10 | (text != null ? 1 << 8 : 0);
        if (text != null) {
            used[base] = true;
            units[base] = 1 << 31 | text;
        }
        for (int label = 1; label < 256; label++) {
            if (labels[label]) {
                used[base ^ label] = true;
                units[base ^ label] = label;
            }
        }
        for (int label = 1; label < 256; label++) {
            if (labels[label]) {
                place(prefix + (char) label, base ^ label, offsets, units, used, bases);
            }
        }
    }

    private static boolean fits(int base, boolean[] labels, boolean hasText, boolean[] used) {
        if (hasText && used[base]) {
            return false;
        }
        for (int label = 1; label < 256; label++) {
            if (labels[label] && used[base ^ label]) {
                return false;
            }
        }
        return true;
    }

    private static CharacterMap map(Map<String, String> replacements) {
        return CharacterMap.parse(values(replacements), "test.gguf: map");
    }

    @Test
    void replacesTheLongestMatch() {
        CharacterMap map =
                map(Map.of("a", "1", "ab", "2", "abcd", "3", "\u00e9", "e", "\u212b", "\u00e5"));
        assertThat(map.apply("a ab abc abcd")).isEqualTo("1 2 2c 3");
        assertThat(map.apply("\u00e9\u212b\u4e2d\ud83d\ude00"))
                .isEqualTo("e\u00e5\u4e2d\ud83d\ude00");
        assertThat(map.apply("")).isEmpty();
    }

    @Test
    void withoutAMapTextStaysAsItIs() {
        assertThat(CharacterMap.IDENTITY.apply("a\u00e9\u0000")).isEqualTo("a\u00e9\u0000");
    }

    @Test
    void damagedMapsAreRefused() {
        assertThatThrownBy(() -> CharacterMap.parse(new long[3], "test.gguf: map"))
                .isInstanceOf(GgufFormatException.class)
                .hasMessage("test.gguf: map has 3 bytes; a character map has more than 4");
        assertThatThrownBy(() -> CharacterMap.parse(new long[] {4, 0, 0, 0, 700, 0}, "map"))
                .hasMessageContaining("700 at index 4");
        assertThatThrownBy(() -> CharacterMap.parse(new long[] {99, 0, 0, 0, 0, 0}, "map"))
                .hasMessageContaining("99 bytes of 2");
        long[] unended = values(Map.of("a", "1"));
        unended[unended.length - 1] = 'x';
        assertThatThrownBy(() -> CharacterMap.parse(unended, "map"))
                .isInstanceOf(GgufFormatException.class);
    }

    @Test
    void mapsWithRandomDamageAreRefusedOrWork() {
        long[] sound =
                values(new LinkedHashMap<>(Map.of("a", "1", "ab", "2", "\u00e9", "e", "zz", "y")));
        Random random = new Random(2);
        for (int round = 0; round < 300; round++) {
            long[] damaged = sound.clone();
            for (int i = 0; i < 20; i++) {
                int index = random.nextInt(3) == 0 ? random.nextInt(damaged.length) : 4 + i * 31;
                damaged[index] = random.nextInt(256);
            }
            try {
                CharacterMap map = CharacterMap.parse(damaged, "map");
                assertThat(map.apply("abazz\u00e9" + RandomTexts.text(random, 20))).isNotNull();
            } catch (GgufFormatException e) {
                assertThat(e).hasMessageStartingWith("map ");
            }
        }
    }
}
