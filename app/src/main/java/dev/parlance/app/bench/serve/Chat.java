package dev.parlance.app.bench.serve;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Conversations that all begin with the same system prompt. A client sends its next turn as soon as
 * it has the answer to the last, so the second turn shows whether a server remembers the first.
 *
 * @param systemTokens of the system prompt
 * @param turns of each conversation
 */
public record Chat(int systemTokens, int turns) implements Scenario {
    /** Far from the indices of conversations. */
    private static final int SYSTEM_PROMPT = -2;

    public Chat {
        if (systemTokens < 1 || turns < 1) {
            throw new IllegalArgumentException(
                    "a system prompt and a conversation have a length of 1 at least, got "
                            + systemTokens
                            + " tokens and "
                            + turns
                            + " turns");
        }
    }

    @Override
    public String name() {
        return "chat";
    }

    @Override
    public String describe(Measurement measurement) {
        return Numbers.format(
                "conversations of %d turns behind a common system prompt of %d tokens, questions"
                        + " of %s tokens, answers of %s",
                turns, systemTokens, measurement.promptTokens(), measurement.outputTokens());
    }

    @Override
    public List<Run> run(Side side, Load load, Measurement measurement, long seed)
            throws InterruptedException {
        Message system =
                new Message(
                        Message.Role.SYSTEM,
                        side.lexicon().words(systemTokens, Side.random(seed, SYSTEM_PROMPT)));
        LoadGenerator.Result result =
                new LoadGenerator(side.client()::now)
                        .run(
                                load,
                                measurement.limit(),
                                (index, dueNanos) ->
                                        converse(side, system, measurement, seed, index, dueNanos),
                                Side.random(seed, -1));
        Map<String, List<Exchange>> turnsOfAll =
                result.exchanges().stream()
                        .collect(
                                Collectors.groupingBy(
                                        Exchange::part, LinkedHashMap::new, Collectors.toList()));
        Map<String, Latencies> parts = new LinkedHashMap<>();
        turnsOfAll.forEach((turn, exchanges) -> parts.put(turn, Latencies.of(exchanges)));
        return List.of(
                new Run(
                        load.toString(),
                        load.requestsPerSecond(),
                        Tally.of(result, measurement.objective()),
                        parts,
                        List.of()));
    }

    private List<Exchange> converse(
            Side side, Message system, Measurement measurement, long seed, int index, long dueNanos)
            throws InterruptedException {
        var random = Side.random(seed, index);
        List<Message> conversation = new ArrayList<>(List.of(system));
        List<Exchange> exchanges = new ArrayList<>();
        long due = dueNanos;
        for (int turn = 1; turn <= turns; turn++) {
            int words = measurement.promptTokens().draw(random);
            conversation.add(Message.user(side.lexicon().words(words, random)));
            int outputTokens = measurement.outputTokens().draw(random);
            Exchange exchange = side.client().ask("turn " + turn, conversation, outputTokens, due);
            exchanges.add(exchange);
            if (!exchange.isAnswered()) {
                break;
            }
            conversation.add(new Message(Message.Role.ASSISTANT, exchange.text()));
            due = side.client().now();
        }
        return exchanges;
    }
}
