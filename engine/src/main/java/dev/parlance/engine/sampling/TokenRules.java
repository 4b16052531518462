package dev.parlance.engine.sampling;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which tokens a continuation may have. Errors: the constructor refuses rules that are empty.
 *
 * @param allowed nothing but these; absent: every token
 * @param banned sequences that must not come, each of at least one token; they are looked for among
 *     the generated tokens only
 */
public record TokenRules(Optional<Set<Integer>> allowed, List<List<Integer>> banned) {
    /** Everything is allowed. */
    public static final TokenRules NONE = new TokenRules(Optional.empty(), List.of());

    public TokenRules {
        allowed = allowed.map(Set::copyOf);
        banned = banned.stream().map(List::copyOf).toList();
        if (allowed.filter(Set::isEmpty).isPresent()) {
            throw new IllegalArgumentException("allowed must not be empty");
        }
        if (banned.stream().anyMatch(List::isEmpty)) {
            throw new IllegalArgumentException("a banned sequence must not be empty");
        }
    }

    /** Every token that is named. */
    public Set<Integer> tokenIds() {
        Set<Integer> ids = new TreeSet<>(allowed.orElse(Set.of()));
        banned.forEach(ids::addAll);
        return ids;
    }

    /** Whether a token is left where these tokens must not come either. */
    public boolean leavesToken(Set<Integer> excluded) {
        if (allowed.isEmpty()) {
            return true;
        }
        Set<Integer> left = new HashSet<>(allowed.get());
        left.removeAll(excluded);
        banned.stream()
                .filter(sequence -> sequence.size() == 1)
                .map(List::getFirst)
                .forEach(left::remove);
        return !left.isEmpty();
    }
}
