package dev.parlance.app.synthetic;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

class ByteVocabularyTest {
    @Test
    void everyTokenIsThereOnceAndIsAByteOrAMergeOfTwo() {
        // Enough for tokens of three bytes.
        ByteVocabulary vocabulary = new ByteVocabulary(70_000);
        List<String> tokens = vocabulary.tokens();
        assertThat(tokens).hasSize(70_000).doesNotHaveDuplicates();
        assertThat(tokens.get(vocabulary.beginId())).isEqualTo("<|begin_of_text|>");
        assertThat(tokens.get(vocabulary.endId())).isEqualTo("<|end_of_text|>");
        assertThat(vocabulary.merges()).hasSize(70_000 - 258);
        Set<String> known = new HashSet<>(tokens.subList(0, 256));
        for (String merge : vocabulary.merges()) {
            String[] parts = merge.split(" ");
            assertThat(known).contains(parts[0], parts[1]);
            known.add(parts[0] + parts[1]);
        }
        assertThat(known).hasSize(70_000 - 2);
        assertThat(vocabulary.kinds()).hasSize(70_000).startsWith(1, 1).endsWith(1, 3, 3);
    }
}
