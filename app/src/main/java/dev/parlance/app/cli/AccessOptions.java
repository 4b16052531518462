package dev.parlance.app.cli;

import dev.parlance.server.access.AccessControl;
import dev.parlance.server.access.ApiKey;
import dev.parlance.server.access.KeyFile;
import dev.parlance.server.access.KeyFileException;
import dev.parlance.server.access.KeyFileWatch;
import dev.parlance.server.access.Security;
import dev.parlance.server.access.TlsFiles;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Who is let in, and how. */
final class AccessOptions {
    @Option(
            names = "--api-key",
            paramLabel = "KEY",
            description =
                    "A key that clients must send; may be given several times. Others can see the"
                        + " arguments of a program: better set PARLANCE_API_KEY. Default: none.")
    @Secret
    private List<String> keys = List.of();

    @Option(
            names = "--api-keys-file",
            paramLabel = "FILE",
            description =
                    "Keys with the models and limits of each, one a line as 'parlance key' writes"
                            + " them; changes count within seconds. Default: none.")
    private @Nullable Path keysFile;

    @Option(
            names = "--insecure-no-key",
            description =
                    "Serve everybody who reaches --host, under whatever name: without it, a server"
                            + " that needs no key is for this machine only.")
    private boolean insecureNoKey;

    @Option(
            names = "--cors-origin",
            paramLabel = "ORIGIN",
            description =
                    "Let pages of an origin, such as http://localhost:3000, call the server from a"
                            + " browser; may be given several times; * is every page. Default:"
                            + " none.")
    private List<String> corsOrigins = List.of();

    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            description =
                    "PEM file of a certificate, and those that vouch for it: serves HTTPS."
                            + " Default: none.")
    private @Nullable Path tlsCertificate;

    @Option(
            names = "--tls-key",
            paramLabel = "FILE",
            description = "PEM file of the certificate's key, not encrypted. Default: none.")
    private @Nullable Path tlsKey;

    /**
     * What the options ask for.
     *
     * @param host to listen on
     * @throws ParameterException if the options do not go together, or would serve others without a
     *     key
     */
    Security security(CommandSpec spec, String host) throws IOException {
        try {
            AccessControl access = AccessControl.of(allKeys());
            if (access.isOpen() && !insecureNoKey && !isLoopback(host)) {
                throw new IllegalArgumentException(
                        "--host "
                                + host
                                + " can be reached from other machines, and no API key is set:"
                                + " give --api-key or --api-keys-file, or set PARLANCE_API_KEY;"
                                + " --insecure-no-key serves everybody");
            }
            return new Security(access, insecureNoKey, Set.copyOf(corsOrigins), tls());
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(
                    spec.commandLine(), String.valueOf(wrong.getMessage()), wrong);
        }
    }

    /** Takes up changes of the file of keys until it is closed; null if there is no file. */
    @Nullable KeyFileWatch watchKeys(AccessControl access) {
        return keysFile == null ? null : KeyFileWatch.start(access, keysOfOptions(), keysFile);
    }

    private List<ApiKey> keysOfOptions() {
        List<ApiKey> all = new ArrayList<>();
        for (String secret : keys) {
            all.add(ApiKey.of("key-" + (all.size() + 1), secret));
        }
        return all;
    }

    private List<ApiKey> allKeys() throws IOException {
        List<ApiKey> all = keysOfOptions();
        if (keysFile != null) {
            try {
                all.addAll(KeyFile.read(keysFile));
            } catch (KeyFileException wrong) {
                throw new CommandException(wrong.getMessage());
            }
        }
        return all;
    }

    private Optional<TlsFiles> tls() {
        if (tlsCertificate != null && tlsKey != null) {
            return Optional.of(new TlsFiles(tlsCertificate, tlsKey));
        }
        if (tlsCertificate != null || tlsKey != null) {
            throw new IllegalArgumentException("--tls-cert and --tls-key need each other");
        }
        return Optional.empty();
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException unknown) {
            // What is wrong with it is said by whoever tries to listen on it.
            return true;
        }
    }
}
