package dev.parlance.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parlance.engine.generation.AdmissionLimits;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

import java.nio.file.Path;

class EngineOptionsTest {
    private static final EngineOptions DEFAULT = EngineOptions.DEFAULT;

    @Test
    void theDefaultsAreTheDocumentedOnes() {
        assertThat(DEFAULT.contextLength()).isEmpty();
        assertThat(DEFAULT.parallel()).isEqualTo(4);
        assertThat(DEFAULT.threads()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(DEFAULT.admission().waitingRequests()).isEqualTo(256);
        assertThat(DEFAULT.admission().waitingTokens()).isEqualTo(65_536);
        assertThat(DEFAULT.kvCacheBytes()).isEmpty();
        assertThat(DEFAULT.kvCacheType()).isEqualTo(KvCacheType.F16);
        assertThat(DEFAULT.batchTokens()).isEqualTo(128);
        assertThat(DEFAULT.speculation()).isEqualTo(Speculation.PROMPT_LOOKUP);
        assertThat(DEFAULT.draftModel()).isEmpty();
        assertThat(DEFAULT.preTokenizer()).isEmpty();
        assertThat(DEFAULT.chatTemplate()).isEmpty();
    }

    @Test
    void everySettingCanBeChangedAlone() {
        EngineOptions changed =
                DEFAULT.withContextLength(77)
                        .withParallel(3)
                        .withThreads(5)
                        .withAdmission(AdmissionLimits.DEFAULT.withWaitingRequests(6))
                        .withKvCacheBytes(7)
                        .withKvCacheType(KvCacheType.Q8_0)
                        .withBatchTokens(8)
                        .withSpeculation(Speculation.NONE)
                        .withPreTokenizer("qwen2")
                        .withChatTemplate("{{ x }}");
        assertThat(changed.contextLength()).hasValue(77);
        assertThat(changed.parallel()).isEqualTo(3);
        assertThat(changed.threads()).isEqualTo(5);
        assertThat(changed.admission()).isEqualTo(AdmissionLimits.DEFAULT.withWaitingRequests(6));
        assertThat(changed.kvCacheBytes()).hasValue(7);
        assertThat(changed.kvCacheType()).isEqualTo(KvCacheType.Q8_0);
        assertThat(changed.batchTokens()).isEqualTo(8);
        assertThat(changed.speculation()).isEqualTo(Speculation.NONE);
        assertThat(changed.preTokenizer()).contains("qwen2");
        assertThat(changed.chatTemplate()).contains("{{ x }}");
    }

    @Test
    void aDraftModelNeedsSpeculation() {
        Path file = Path.of("small.gguf");
        assertThat(DEFAULT.withDraftModel(file).draftModel()).contains(file);
        refused(
                () -> DEFAULT.withDraftModel(file).withSpeculation(Speculation.NONE),
                "speculation must be on for a draft model, got NONE");
    }

    @Test
    void moreSequencesRaiseTheBatch() {
        assertThat(DEFAULT.withParallel(500).batchTokens()).isEqualTo(500);
    }

    @Test
    void valuesOutOfRangeAreRefused() {
        refused(() -> DEFAULT.withContextLength(0), "contextLength must be 1 or more, got 0");
        refused(() -> DEFAULT.withParallel(0), "parallel must be 1 or more, got 0");
        refused(() -> DEFAULT.withThreads(-1), "threads must be 1 or more, got -1");
        refused(() -> DEFAULT.withKvCacheBytes(0), "kvCacheBytes must be 1 or more, got 0");
        refused(
                () -> DEFAULT.withBatchTokens(3),
                "batchTokens must be at least parallel (4), got 3");
    }

    private static void refused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }
}
