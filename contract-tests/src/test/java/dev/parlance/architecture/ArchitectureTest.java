package dev.parlance.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import static org.assertj.core.api.Assertions.assertThat;

import static java.util.Map.entry;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** ARCHITECTURE.md as rules: which package may use which, and who alone may touch what. */
class ArchitectureTest {
    private static final String ROOT = "dev.parlance.";

    /**
     * Every package, and the packages it may use directly; ARCHITECTURE.md shows the same table.
     */
    private static final Map<String, Set<String>> ALLOWED =
            parse(
                    """
                    engine.json ->
                    engine.gguf ->
                    engine.sampling ->
                    engine.tensor -> engine.gguf
                    engine.tokenizer -> engine.gguf
                    engine.kernel -> engine.gguf engine.tensor
                    engine.kvcache -> engine.kernel
                    engine.model -> engine.gguf engine.tensor engine.kernel engine.kvcache
                    engine.chat -> engine.json
                    engine.chat.template.value -> engine.json
                    engine.chat.template.syntax -> engine.chat.template.value
                    engine.chat.template.runtime -> engine.chat.template.syntax engine.chat.template.value
                    engine.chat.template -> engine.chat engine.chat.template.runtime engine.chat.template.syntax engine.chat.template.value engine.json engine.tokenizer
                    engine.generation -> engine.sampling engine.tokenizer
                    engine.scheduler -> engine.generation engine.kvcache engine.model engine.sampling
                    engine -> engine.chat engine.chat.template engine.generation engine.gguf engine.kernel engine.kvcache engine.model engine.sampling engine.scheduler engine.tokenizer
                    server.access -> engine.json
                    server.http -> server.access
                    server.catalog -> engine
                    server.api -> engine engine.chat engine.chat.template engine.generation engine.json engine.sampling engine.tokenizer server.access server.catalog server.http
                    server.api.chatcompletions -> engine engine.chat engine.generation engine.json engine.sampling engine.tokenizer server.api server.catalog server.http
                    server.api.completions -> engine engine.generation engine.json engine.sampling engine.tokenizer server.api server.catalog server.http
                    server.api.metrics -> engine engine.generation server.catalog server.http
                    server.api.models -> engine engine.json server.access server.api server.catalog server.http
                    server.api.tokenize -> engine engine.json engine.tokenizer server.api server.catalog server.http
                    server -> engine.json server.access server.api server.api.chatcompletions server.api.completions server.api.metrics server.api.models server.api.tokenize server.catalog server.http
                    app.config ->
                    app.model -> engine.gguf
                    app.sse ->
                    app.synthetic -> engine.gguf
                    app.bench -> engine engine.generation engine.gguf engine.json engine.sampling
                    app.bench.serve -> app.bench app.sse engine.json
                    app.chat -> app.sse engine engine.chat engine.chat.template engine.generation engine.json engine.sampling engine.tokenizer
                    app.cli -> app.bench app.bench.serve app.chat app.config app.model app.synthetic engine engine.chat engine.chat.template engine.generation engine.gguf engine.json engine.sampling engine.tokenizer server server.access server.catalog
                    """);

    /** Code from elsewhere that only some packages may touch. */
    private static final Map<String, List<String>> FENCES =
            new TreeMap<>(
                    Map.ofEntries(
                            entry("jdk.incubator.vector..", List.of("engine.kernel")),
                            entry("tools.jackson..", List.of("engine.json")),
                            entry("io.vertx..", List.of("server.http")),
                            entry("io.netty..", List.of("server.http")),
                            entry("io.github.bucket4j..", List.of("server.access")),
                            entry("picocli..", List.of("app.cli")),
                            entry("org.jline..", List.of("app.cli")),
                            entry("org.snakeyaml..", List.of("app.config")),
                            entry("java.sql..", List.of()),
                            entry("java.net.http..", List.of("app.bench.serve", "app.chat")),
                            entry(
                                    "java.lang.foreign..",
                                    List.of(
                                            "engine.gguf",
                                            "engine.tensor",
                                            "engine.kernel",
                                            "engine.model"))));

    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .withImportOption(location -> !location.contains("-tests.jar"))
                    .importPackages("dev.parlance");

    private static Map<String, Set<String>> parse(String table) {
        Map<String, Set<String>> allowed = new TreeMap<>();
        for (String row : table.strip().split("\n")) {
            String[] sides = row.split("->", -1);
            Set<String> others = new TreeSet<>(Arrays.asList(sides[1].strip().split(" ")));
            others.remove("");
            allowed.put(sides[0].strip(), others);
        }
        return allowed;
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching(ROOT + "(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void everyPackageIsInTheTable() {
        Set<String> packages =
                CLASSES.stream()
                        .map(JavaClass::getPackageName)
                        .filter(name -> name.startsWith(ROOT))
                        .map(name -> name.substring(ROOT.length()))
                        .collect(Collectors.toCollection(TreeSet::new));
        assertThat(packages).isEqualTo(ALLOWED.keySet());
    }

    static Stream<String> packages() {
        return ALLOWED.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("packages")
    void aPackageUsesOnlyWhatTheTableAllows(String name) {
        String[] others =
                ALLOWED.keySet().stream()
                        .filter(other ->
                                !other.equals(name)
                                        && !ALLOWED.getOrDefault(name, Set.of()).contains(other))
                        .map(other -> ROOT + other)
                        .toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage(ROOT + name)
                .should()
                .dependOnClassesThat(resideInAnyPackage(others))
                .check(CLASSES);
    }

    static Stream<String> fences() {
        return FENCES.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("fences")
    void fencedCodeIsTouchedOnlyByItsOwners(String fenced) {
        String[] owners =
                FENCES.getOrDefault(fenced, List.of()).stream()
                        .map(owner -> ROOT + owner)
                        .toArray(String[]::new);
        ArchRule rule =
                noClasses()
                        .that()
                        .resideOutsideOfPackages(
                                owners.length == 0 ? new String[] {"nothing"} : owners)
                        .should()
                        .dependOnClassesThat(resideInAPackage(fenced));
        rule.check(CLASSES);
    }

    @Test
    void onlyTheCommandLineEndsTheProcessOrPrints() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "app.cli")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .callMethod(System.class, "exit", int.class)
                .check(CLASSES);
    }
}
