package dev.parlance.app.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * llama.cpp's own benchmarks: {@code llama-bench} for one stream, {@code llama-batched-bench} for
 * several.
 *
 * @param location where its programs are: a folder, or words to put before their names such as
 *     {@code chroot /opt/debian}, or nothing for programs on the path
 * @param model the model's file as these programs see it
 */
public record LlamaCpp(String location, String model) {
    private static final String BENCH = "llama-bench";
    private static final String BATCHED_BENCH = "llama-batched-bench";

    /**
     * A call of a program.
     *
     * @param words the program and its arguments
     * @param times how often it is to be called
     * @param reader reads what one call writes to stdout
     */
    record Call(List<String> words, int times, Function<String, LlamaOutput> reader) {}

    /**
     * The calls that measure the workloads. {@code llama-bench} does every combination of its
     * lists, so prompts and generation are apart; {@code llama-batched-bench} does each once.
     */
    List<Call> calls(List<Workload> workloads, int threads, int repetitions) {
        List<Integer> prompts = new ArrayList<>();
        List<Integer> generated = new ArrayList<>();
        List<Integer> depths = new ArrayList<>();
        List<Call> several = new ArrayList<>();
        for (Workload workload : workloads) {
            switch (workload) {
                case Workload.Prefill(int tokens) -> prompts.add(tokens);
                case Workload.Decode(int tokens, int depth, int streams) when streams == 1 -> {
                    generated.add(tokens);
                    depths.add(depth);
                }
                case Workload.Decode decode -> several.add(batched(decode, threads, repetitions));
            }
        }
        List<Call> calls = new ArrayList<>();
        if (!prompts.isEmpty()) {
            calls.add(single(list(prompts), "0", "0", threads, repetitions));
        }
        if (!generated.isEmpty()) {
            calls.add(single("0", list(generated), list(depths), threads, repetitions));
        }
        calls.addAll(several);
        return calls;
    }

    private Call single(
            String prompts, String generated, String depths, int threads, int repetitions) {
        List<String> words = words(BENCH, threads);
        words.addAll(List.of("-p", prompts, "-n", generated, "-d", depths));
        words.addAll(List.of("-r", String.valueOf(repetitions), "-o", "json"));
        return new Call(words, 1, LlamaOutput::ofBench);
    }

    private Call batched(Workload.Decode work, int threads, int repetitions) {
        int context = work.streams() * (work.promptTokens() + work.tokens());
        List<String> words = words(BATCHED_BENCH, threads);
        words.addAll(List.of("-c", String.valueOf(context)));
        words.addAll(List.of("-npp", String.valueOf(work.promptTokens())));
        words.addAll(List.of("-ntg", String.valueOf(work.tokens())));
        words.addAll(List.of("-npl", String.valueOf(work.streams())));
        words.addAll(List.of("--output-format", "jsonl"));
        return new Call(words, repetitions, text -> LlamaOutput.ofBatchedBench(text, work));
    }

    private static String list(List<Integer> numbers) {
        return numbers.stream().distinct().map(String::valueOf).collect(Collectors.joining(","));
    }

    private List<String> words(String program, int threads) {
        List<String> words = new ArrayList<>();
        if (!location.isBlank() && Files.isDirectory(Path.of(location))) {
            words.add(Path.of(location).resolve(program).toString());
        } else {
            Arrays.stream(location.strip().split("\\s+"))
                    .filter(word -> !word.isEmpty())
                    .forEach(words::add);
            words.add(program);
        }
        words.addAll(List.of("-m", model, "-t", String.valueOf(threads)));
        return words;
    }
}
