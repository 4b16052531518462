package dev.parlance.engine;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * How much memory this process could still take before somebody runs out: what the system has
 * available, and what a container's limit leaves. Memory that only caches files counts as free.
 *
 * <p>Source: proc(5) for {@code meminfo}; Linux' "Control Group v2" for {@code memory.max}, {@code
 * memory.current} and {@code memory.stat}. Elsewhere than on Linux nothing is known.
 */
final class FreeMemory {
    private FreeMemory() {}

    /** Bytes that are free; absent if this cannot be told. */
    static OptionalLong bytes() {
        return bytes(Path.of("/proc"), Path.of("/sys/fs/cgroup"));
    }

    /**
     * @param proc where the system tells of its processes
     * @param groups where it tells of its control groups
     */
    static OptionalLong bytes(Path proc, Path groups) {
        OptionalLong kibibytes = number(proc.resolve("meminfo"), "MemAvailable:");
        OptionalLong least =
                kibibytes.isPresent()
                        ? OptionalLong.of(kibibytes.getAsLong() * 1024)
                        : OptionalLong.empty();
        // A limit can be set at every level; within a container the first level is its own.
        Path group = ownGroup(proc, groups);
        while (group != null && group.startsWith(groups)) {
            OptionalLong free = freeOfGroup(group);
            if (free.isPresent()) {
                least = OptionalLong.of(Math.min(free.getAsLong(), least.orElse(Long.MAX_VALUE)));
            }
            group = group.getParent();
        }
        return least;
    }

    private static @Nullable Path ownGroup(Path proc, Path groups) {
        String prefix = "0::/";
        for (String line : lines(proc.resolve("self/cgroup"))) {
            if (line.startsWith(prefix)) {
                return groups.resolve(line.substring(prefix.length())).normalize();
            }
        }
        return null;
    }

    private static OptionalLong freeOfGroup(Path group) {
        // "max" where there is no limit.
        OptionalLong limit = number(group.resolve("memory.max"), "");
        OptionalLong used = number(group.resolve("memory.current"), "");
        if (limit.isEmpty() || used.isEmpty()) {
            return OptionalLong.empty();
        }
        long caches = number(group.resolve("memory.stat"), "inactive_file").orElse(0);
        return OptionalLong.of(Math.max(0, limit.getAsLong() - used.getAsLong() + caches));
    }

    /** The number behind a name at the start of a line, if there is one. */
    private static OptionalLong number(Path file, String name) {
        for (String line : lines(file)) {
            if (line.startsWith(name)) {
                String[] words = line.substring(name.length()).strip().split("\\s+");
                if (words[0].matches("\\d{1,18}")) {
                    return OptionalLong.of(Long.parseLong(words[0]));
                }
            }
        }
        return OptionalLong.empty();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException notThere) {
            return List.of();
        }
    }
}
