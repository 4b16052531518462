package dev.parlance.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

@Timeout(60)
class KeyFileWatchTest {
    private static final KeyLimits TWO_A_MINUTE = new KeyLimits(2, 0, 0);
    private static final ApiKey GIVEN = ApiKey.of("key-1", "sk-given");

    private final ManualClock clock = new ManualClock();
    private AccessControl access = AccessControl.open();
    private Path file = Path.of("");
    private KeyFileWatch watch = new KeyFileWatch(access, List.of(), file, Duration.ZERO);

    @BeforeEach
    void begin(@TempDir Path folder) throws Exception {
        file = folder.resolve("keys.jsonl");
        write(key("alice"), key("bob"));
        List<ApiKey> all = new ArrayList<>(List.of(GIVEN));
        all.addAll(KeyFile.read(file));
        access = AccessControl.of(all, clock);
        watch = new KeyFileWatch(access, List.of(GIVEN), file, Duration.ofMillis(1));
        lookTwice();
    }

    private static ApiKey key(String name) {
        return new ApiKey(name, ApiKey.hash("sk-" + name), Set.of(), TWO_A_MINUTE);
    }

    private void write(ApiKey... keys) throws IOException {
        Files.write(file, List.of(keys).stream().map(KeyFile::line).toList());
    }

    private void lookTwice() {
        watch.look();
        watch.look();
    }

    private Caller caller(String name) {
        return access.identify(Optional.of("Bearer sk-" + name));
    }

    private boolean isLetIn(String name) {
        try {
            return caller(name) != null;
        } catch (InvalidKeyException refused) {
            return false;
        }
    }

    private long requestsLeft(String name) {
        return caller(name).limits().getFirst().remaining();
    }

    @Test
    void keysComeAndGoWithTheirLines() throws IOException {
        write(key("bob"), key("carol"));
        lookTwice();
        assertThat(isLetIn("alice")).isFalse();
        assertThat(isLetIn("bob")).isTrue();
        assertThat(caller("carol").name()).isEqualTo("carol");
        assertThat(isLetIn("given")).isTrue();
    }

    @Test
    void aChangeCountsOnceItIsSeenTwice() throws IOException {
        write(key("carol"));
        watch.look();
        assertThat(isLetIn("carol")).isFalse();
        write(key("carol"), key("dave"));
        watch.look();
        assertThat(isLetIn("carol")).isFalse();
        watch.look();
        assertThat(isLetIn("dave")).isTrue();
    }

    @Test
    void whoseLineIsAsItWasKeepsWhatHeHasUsed() throws IOException {
        caller("alice").enter().close();
        caller("bob").enter().close();
        Caller alice = caller("alice");
        write(
                key("alice"),
                new ApiKey("bob", ApiKey.hash("sk-bob"), Set.of(), new KeyLimits(9, 0, 0)));
        lookTwice();
        assertThat(caller("alice")).isSameAs(alice);
        assertThat(requestsLeft("alice")).isEqualTo(1);
        assertThat(requestsLeft("bob")).isEqualTo(9);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "# nobody\n",
                "{\"name\": \"carol\"",
                "{\"name\": \"carol\", \"sha256\": \"1\"}",
                "SAME NAME"
            })
    void aDamagedFileChangesNothing(String text) throws IOException {
        String named = KeyFile.line(ApiKey.of("key-1", "sk-carol"));
        Files.writeString(file, text.replace("SAME NAME", named));
        lookTwice();
        assertThat(isLetIn("alice")).isTrue();
        assertThat(isLetIn("given")).isTrue();
        assertThat(isLetIn("carol")).isFalse();

        write(key("carol"));
        lookTwice();
        assertThat(isLetIn("alice")).isFalse();
        assertThat(isLetIn("carol")).isTrue();
    }

    @Test
    void aFileThatIsGoneChangesNothing() throws IOException {
        Files.delete(file);
        lookTwice();
        assertThat(isLetIn("alice")).isTrue();
        write(key("carol"));
        lookTwice();
        assertThat(isLetIn("carol")).isTrue();
    }

    @Test
    void aServerThatNeedsKeysNeverOpens() {
        assertThatThrownBy(() -> access.replaceKeys(List.of()))
                .hasMessage("no API key would be left");
        assertThat(access.isOpen()).isFalse();
        assertThat(isLetIn("alice")).isTrue();
    }

    @Test
    void itLooksByItself() throws IOException {
        write(key("carol"));
        try (KeyFileWatch _ = watch.begin()) {
            while (!isLetIn("carol")) {
                Thread.onSpinWait();
            }
        }
    }
}
