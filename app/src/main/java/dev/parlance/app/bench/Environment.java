package dev.parlance.app.bench;

import dev.parlance.engine.json.JsonObject;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Where something is measured.
 *
 * @param version of Parlance
 * @param java version and vendor of the Java that runs it
 * @param cpu the processor's name, where the system tells it
 * @param processors that this process may use
 */
public record Environment(String version, String java, Optional<String> cpu, int processors) {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
    private static final Path LOAD = Path.of("/proc/loadavg");

    /** This machine and this process. */
    public static Environment here(String version) {
        return new Environment(
                version,
                System.getProperty("java.version") + ", " + System.getProperty("java.vendor"),
                read(CPU_INFO).flatMap(Environment::cpuName),
                Runtime.getRuntime().availableProcessors());
    }

    /** Processes that ran or wanted to, on average of the last minute, where the system tells. */
    public static OptionalDouble load() {
        return read(LOAD)
                .map(text -> OptionalDouble.of(Double.parseDouble(text.split(" ", 2)[0])))
                .orElse(OptionalDouble.empty());
    }

    /** x86 has "model name"; Arm's Linux names no processor. */
    static Optional<String> cpuName(String cpuInfo) {
        return cpuInfo.lines()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst();
    }

    /** Its members, for a report that has others besides. */
    public JsonObject.Builder json() {
        JsonObject.Builder json =
                JsonObject.builder()
                        .put("version", version)
                        .put("java", java)
                        .put("processors", processors);
        cpu.ifPresent(name -> json.put("cpu", name));
        return json;
    }

    private static Optional<String> read(Path file) {
        try {
            return Optional.of(Files.readString(file));
        } catch (IOException e) {
            // Not Linux; then the report leaves it out.
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return "Parlance "
                + version
                + ", Java "
                + java
                + ", "
                + cpu.map(name -> name + ", ").orElse("")
                + processors
                + (processors == 1 ? " processor" : " processors");
    }
}
