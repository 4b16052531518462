package dev.parlance.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class FreeMemoryTest {
    @TempDir private Path folder;
    private Path proc;
    private Path groups;

    @BeforeEach
    void folders() {
        proc = folder.resolve("proc");
        groups = folder.resolve("groups");
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private void system(long kibibytes) throws IOException {
        write(
                proc.resolve("meminfo"),
                "MemTotal: 24000000 kB\nMemFree: 1 kB\nMemAvailable: " + kibibytes + " kB\n");
    }

    private void group(String name, String limit, long used, long caches) throws IOException {
        write(groups.resolve(name).resolve("memory.max"), limit + "\n");
        write(groups.resolve(name).resolve("memory.current"), used + "\n");
        write(
                groups.resolve(name).resolve("memory.stat"),
                "anon 5\ninactive_file " + caches + "\nactive_file 7\n");
    }

    @Test
    void itIsWhatTheSystemHasAvailable() throws IOException {
        system(1000);
        assertThat(FreeMemory.bytes(proc, groups)).hasValue(1000 * 1024);
    }

    @Test
    void aContainersLimitCountsWithoutCaches() throws IOException {
        system(1000);
        write(proc.resolve("self/cgroup"), "0::/\n");
        group("", "100000", 60_000, 20_000);
        assertThat(FreeMemory.bytes(proc, groups)).hasValue(60_000);
        group("", "100000", 160_000, 20_000);
        assertThat(FreeMemory.bytes(proc, groups)).hasValue(0);
        group("", "max", 160_000, 0);
        assertThat(FreeMemory.bytes(proc, groups)).hasValue(1000 * 1024);
    }

    @Test
    void theTightestLevelCounts() throws IOException {
        system(1000);
        write(proc.resolve("self/cgroup"), "12:cpu:/old\n0::/slice/service\n");
        group("slice/service", "900000", 0, 0);
        group("slice", "500000", 100_000, 0);
        assertThat(FreeMemory.bytes(proc, groups)).hasValue(400_000);
    }

    @Test
    void whereNothingIsSaidNothingIsKnown() throws IOException {
        assertThat(FreeMemory.bytes(proc, groups)).isEmpty();
        write(proc.resolve("self/cgroup"), "0::/../outside\n");
        write(proc.resolve("meminfo"), "MemAvailable: much\n");
        assertThat(FreeMemory.bytes(proc, groups)).isEmpty();
    }
}
