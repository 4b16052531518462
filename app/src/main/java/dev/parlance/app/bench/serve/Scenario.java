package dev.parlance.app.bench.serve;

import java.util.List;

/** What clients do. */
public sealed interface Scenario permits Independent, Chat, LongPromptJoins, Overload {
    /** Its name on the command line. */
    String name();

    /** What clients do, for the report. */
    String describe(Measurement measurement);

    /**
     * Measures a server.
     *
     * @param seed of all that is random
     * @return one run, or several that belong together
     */
    List<Run> run(Side side, Load load, Measurement measurement, long seed)
            throws InterruptedException;
}
