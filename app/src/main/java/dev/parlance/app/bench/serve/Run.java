package dev.parlance.app.bench.serve;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * One measurement of one server.
 *
 * @param load as the report calls it; runs of the same load are comparable
 * @param requestsPerSecond that were sent, where the load says how many
 * @param parts latencies of each part of the scenario, in its order
 * @param notes what a reader must know
 */
record Run(
        String load,
        OptionalDouble requestsPerSecond,
        Tally tally,
        Map<String, Latencies> parts,
        List<String> notes) {}
