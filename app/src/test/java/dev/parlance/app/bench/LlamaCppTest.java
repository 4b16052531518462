package dev.parlance.app.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.app.bench.LlamaCpp.Call;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;

class LlamaCppTest {
    @TempDir private Path folder;

    @Test
    void oneCallMeasuresAllPromptsAndOneAllSingleStreams() {
        List<Call> calls =
                new LlamaCpp("", "m.gguf")
                        .calls(
                                Workload.all(
                                        List.of(256, 2048),
                                        List.of(48),
                                        List.of(0, 4096),
                                        List.of(1)),
                                2,
                                3);
        assertThat(calls.stream().map(call -> String.join(" ", call.words())))
                .containsExactly(
                        "llama-bench -m m.gguf -t 2 -p 256,2048 -n 0 -d 0 -r 3 -o json",
                        "llama-bench -m m.gguf -t 2 -p 0 -n 48 -d 0,4096 -r 3 -o json");
        assertThat(calls).extracting(Call::times).containsExactly(1, 1);
    }

    @Test
    void severalStreamsHaveCallsOfTheirOwnWithRoomForAll() {
        List<Call> calls =
                new LlamaCpp("", "m.gguf")
                        .calls(
                                Workload.all(List.of(0), List.of(32), List.of(0, 64), List.of(8)),
                                2,
                                3);
        assertThat(calls.stream().map(call -> String.join(" ", call.words())))
                .containsExactly(
                        "llama-batched-bench -m m.gguf -t 2 -c 264 -npp 1 -ntg 32 -npl 8"
                                + " --output-format jsonl",
                        "llama-batched-bench -m m.gguf -t 2 -c 768 -npp 64 -ntg 32 -npl 8"
                                + " --output-format jsonl");
        assertThat(calls).extracting(Call::times).containsExactly(3, 3);
    }

    @Test
    void programsAreInAFolderOrBehindACommand() {
        assertThat(programWords(folder.toString()))
                .startsWith(folder.resolve("llama-bench").toString(), "-m");
        assertThat(programWords(" chroot  /opt/debian "))
                .startsWith("chroot", "/opt/debian", "llama-bench", "-m");
    }

    private static List<String> programWords(String location) {
        return new LlamaCpp(location, "m.gguf")
                .calls(List.of(new Workload.Prefill(1)), 1, 1)
                .getFirst()
                .words();
    }
}
