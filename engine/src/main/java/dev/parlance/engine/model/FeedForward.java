package dev.parlance.engine.model;

import dev.parlance.engine.model.ArchitectureSpec.Activation;

import java.util.List;

/** The weights of a layer's feed-forward part. */
sealed interface FeedForward {
    /** {@code down(f(up(x)))}. */
    record Plain(Linear up, Linear down) implements FeedForward {}

    /** {@code down(f(gate(x)) · up(x))}, arXiv 2002.05202. */
    record Gated(Linear gate, Linear up, Linear down, Activation activation)
            implements FeedForward {}

    /** A router that picks some of several gated experts for each token, arXiv 2101.03961. */
    record Mixture(Linear router, List<Gated> experts, ExpertConfig config)
            implements FeedForward {}
}
