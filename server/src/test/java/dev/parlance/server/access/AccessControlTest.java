package dev.parlance.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Optional;
import java.util.Set;

class AccessControlTest {
    private final AccessControl control =
            AccessControl.of(List.of(ApiKey.of("alice", "sk-alice"), ApiKey.of("bob", "sk-bob")));

    @ParameterizedTest
    @ValueSource(strings = {"Bearer sk-bob", "bearer  sk-bob", "BEARER sk-bob "})
    void tellsCallersByTheirKeys(String header) {
        assertThat(control.identify(Optional.of(header)).name()).isEqualTo("bob");
        assertThat(control.isOpen()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer sk-bo", "Bearer sk-bobb", "Bearer SK-BOB", "Bearer EMPTY"})
    void refusesOtherKeysWithoutRepeatingThem(String header) {
        assertThatThrownBy(() -> control.identify(Optional.of(header)))
                .isInstanceOf(InvalidKeyException.class)
                .hasMessage("Incorrect API key provided");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "sk-bob", "Basic sk-bob", "Bearer", "Bearer ", "Bearersk-bob"})
    void saysHowAKeyIsSent(String header) {
        assertThatThrownBy(() -> control.identify(Optional.of(header)))
                .isInstanceOf(InvalidKeyException.class)
                .hasMessageContaining("'Authorization: Bearer YOUR_KEY'");
        assertThatThrownBy(() -> control.identify(Optional.empty()))
                .isInstanceOf(InvalidKeyException.class);
    }

    @Test
    void withoutKeysEverybodyIsLetInWithWhateverTheySend() {
        AccessControl open = AccessControl.open();
        assertThat(open.isOpen()).isTrue();
        assertThat(open.identify(Optional.empty())).isSameAs(Caller.ANYONE);
        assertThat(open.identify(Optional.of("Bearer EMPTY"))).isSameAs(Caller.ANYONE);
    }

    @Test
    void refusesKeysThatCannotBeToldApart() {
        ApiKey key = ApiKey.of("alice", "secret");
        assertThatThrownBy(() -> AccessControl.of(List.of(key, ApiKey.of("alice", "other"))))
                .hasMessage("two API keys are named 'alice'; give one another name");
        assertThatThrownBy(() -> AccessControl.of(List.of(key, ApiKey.of("bob", "secret"))))
                .hasMessage("the API key 'bob' is the same as another one");
    }

    @Test
    void hashesAreThoseOfAnyOtherTool() {
        // printf abc | sha256sum; also the example of FIPS 180-2.
        assertThat(ApiKey.hash("abc"))
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    @Test
    void newKeysDifferAndFitAHeader() {
        String one = ApiKey.newSecret();
        assertThat(one).matches("sk-[A-Za-z0-9_-]{43}").isNotEqualTo(ApiKey.newSecret());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "two words", "schlüssel", "line\n"})
    void refusesKeysThatNoClientCanSend(String secret) {
        assertThatThrownBy(() -> ApiKey.of("a", secret))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 to 512 ASCII characters without spaces, got ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"page", "https://a.example/", "https://a.example/path", "null", ""})
    void refusesOriginsThatNoBrowserSends(String origin) {
        assertThatThrownBy(() ->
                        new Security(AccessControl.open(), false, Set.of(origin), Optional.empty()))
                .hasMessageEndingWith("got '" + origin + "'");
    }
}
