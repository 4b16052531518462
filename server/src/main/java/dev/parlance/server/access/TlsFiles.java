package dev.parlance.server.access;

import java.nio.file.Path;

/**
 * A certificate and its key.
 *
 * @param certificate PEM file: the server's certificate, then those that vouch for it
 * @param key PEM file: the private key in PKCS 8 or PKCS 1, not encrypted
 */
public record TlsFiles(Path certificate, Path key) {}
