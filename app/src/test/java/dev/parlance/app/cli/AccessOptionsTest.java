package dev.parlance.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parlance.server.access.InvalidKeyException;
import dev.parlance.server.access.Security;
import dev.parlance.server.access.TlsFiles;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

class AccessOptionsTest {
    private static final String HERE = "127.0.0.1";

    private static Security security(String host, String... args) throws IOException {
        AccessOptions options = new AccessOptions();
        CommandLine command = new CommandLine(options);
        command.parseArgs(args);
        return options.security(command.getCommandSpec(), host);
    }

    private static String caller(Security security, String key) {
        return security.access().identify(Optional.of("Bearer " + key)).name();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.8.9.1", "localhost", "::1"})
    void thisMachineAloneNeedsNoKey(String host) throws IOException {
        assertThat(security(host).access().isOpen()).isTrue();
        assertThat(security(host).anyHostName()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1"})
    void othersAreServedOnlyWithAKeyOrWhenThatIsSaid(String host) throws IOException {
        assertThatThrownBy(() -> security(host))
                .isInstanceOf(ParameterException.class)
                .hasMessage(
                        "--host "
                                + host
                                + " can be reached from other machines, and no API key is set:"
                                + " give --api-key or --api-keys-file, or set PARLANCE_API_KEY;"
                                + " --insecure-no-key serves everybody");
        assertThat(security(host, "--api-key", "k").access().isOpen()).isFalse();
        Security insecure = security(host, "--insecure-no-key");
        assertThat(insecure.access().isOpen()).isTrue();
        assertThat(insecure.anyHostName()).isTrue();
    }

    @Test
    void keysComeFromOptionsAndFiles(@TempDir Path folder) throws IOException {
        Invocation made = Invocation.of("key", "alice");
        Path file = Files.writeString(folder.resolve("keys.jsonl"), made.out());
        String alices = made.err().replaceFirst("^.*: ", "").strip();
        Security security =
                security(
                        HERE,
                        "--api-key",
                        "one",
                        "--api-key",
                        "two",
                        "--api-keys-file",
                        file.toString());
        assertThat(caller(security, "one")).isEqualTo("key-1");
        assertThat(caller(security, "two")).isEqualTo("key-2");
        assertThat(caller(security, alices)).isEqualTo("alice");
        assertThatThrownBy(() -> caller(security, "three")).isInstanceOf(InvalidKeyException.class);
    }

    @Test
    void keysThatCannotBeUsedStopTheStart(@TempDir Path folder) throws IOException {
        assertThatThrownBy(() -> security(HERE, "--api-key", ""))
                .isInstanceOf(ParameterException.class)
                .hasMessageContaining("an API key must be 1 to 512 ASCII characters");
        assertThatThrownBy(() -> security(HERE, "--api-key", "a", "--api-key", "a"))
                .isInstanceOf(ParameterException.class)
                .hasMessage("the API key 'key-2' is the same as another one");
        Path missing = folder.resolve("missing");
        assertThatThrownBy(() -> security(HERE, "--api-keys-file", missing.toString()))
                .isInstanceOf(NoSuchFileException.class);
        Path broken = Files.writeString(folder.resolve("broken"), "key");
        assertThatThrownBy(() -> security(HERE, "--api-keys-file", broken.toString()))
                .isInstanceOf(CommandException.class)
                .hasMessageStartingWith(broken + ": line 1: not valid JSON");
    }

    @Test
    void aKeyOfTheEnvironmentCountsAndIsNotShown() {
        Invocation serve =
                Invocation.inEnvironment(
                        Map.of("PARLANCE_API_KEY", "top-secret"), "serve", "--print-config");
        assertThat(serve.out())
                .containsPattern("api-key: \\(hidden\\) +# .*PARLANCE_API_KEY")
                .doesNotContain("top-secret");
    }

    @Test
    void otherOptionsArePassedOnOrRefused() throws IOException {
        Security security =
                security(HERE, "--tls-cert", "c.pem", "--tls-key", "k.pem", "--cors-origin", "*");
        assertThat(security.tls()).hasValue(new TlsFiles(Path.of("c.pem"), Path.of("k.pem")));
        assertThat(security.corsOrigins()).containsExactly("*");

        for (String alone : new String[] {"--tls-cert", "--tls-key"}) {
            assertThatThrownBy(() -> security(HERE, alone, "f.pem"))
                    .isInstanceOf(ParameterException.class)
                    .hasMessage("--tls-cert and --tls-key need each other");
        }
        assertThatThrownBy(() -> security(HERE, "--cors-origin", "page.example"))
                .isInstanceOf(ParameterException.class)
                .hasMessageStartingWith("an origin must be like https://chat.example");
    }
}
