package dev.parlance.server.http;

import dev.parlance.server.access.TlsFiles;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;

import java.io.IOException;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;

import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;

/** A certificate and its key, read when the server starts rather than with the first handshake. */
final class TlsIdentity {
    private TlsIdentity() {}

    /**
     * Reads both.
     *
     * @throws IOException if a file cannot be read, is not what it should be, or the key is not
     *     that of the certificate
     */
    static PemKeyCertOptions load(Vertx vertx, TlsFiles files) throws IOException {
        PemKeyCertOptions options =
                new PemKeyCertOptions()
                        .setCertValue(Buffer.buffer(Files.readAllBytes(files.certificate())))
                        .setKeyValue(Buffer.buffer(Files.readAllBytes(files.key())));
        try {
            for (KeyManager manager : options.getKeyManagerFactory(vertx).getKeyManagers()) {
                if (manager instanceof X509KeyManager keys) {
                    check(keys);
                }
            }
            return options;
        } catch (Exception unusable) { // the library declares no narrower one
            throw new IOException(
                    "cannot use the certificate "
                            + files.certificate()
                            + " with the key "
                            + files.key()
                            + ": "
                            + unusable.getMessage()
                            + "; both must be PEM files, the key not encrypted",
                    unusable);
        }
    }

    private static void check(X509KeyManager keys) throws GeneralSecurityException {
        for (String type : new String[] {"RSA", "EC", "EdDSA"}) {
            String[] aliases = keys.getServerAliases(type, null);
            for (String alias : aliases == null ? new String[0] : aliases) {
                check(type, keys.getPrivateKey(alias), keys.getCertificateChain(alias)[0]);
            }
        }
    }

    private static void check(String type, PrivateKey key, X509Certificate certificate)
            throws GeneralSecurityException {
        Signature signature = Signature.getInstance(algorithm(type));
        byte[] message = {1, 2, 3};
        signature.initSign(key);
        signature.update(message);
        byte[] signed = signature.sign();
        signature.initVerify(certificate.getPublicKey());
        signature.update(message);
        if (!signature.verify(signed)) {
            throw new GeneralSecurityException("the key is not that of the certificate");
        }
    }

    private static String algorithm(String type) {
        return switch (type) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> type;
        };
    }
}
