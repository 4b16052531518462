package dev.parlance.server.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/** Undoes the compression of a request's body. */
final class ContentEncoding {
    private ContentEncoding() {}

    /**
     * @param encoding the header's value
     * @throws HttpProblem if the encoding is not known, the body is not what it says, or it becomes
     *     too large
     */
    static byte[] decode(byte[] body, String encoding, int maxBytes) {
        return switch (encoding.strip().toLowerCase(Locale.ROOT)) {
            case "", "identity" -> body;
            case "gzip", "x-gzip" -> unzip(body, maxBytes);
            default ->
                    throw HttpProblem.of(
                            HttpProblem.Kind.UNSUPPORTED_ENCODING,
                            "the content encoding must be gzip or identity, got '"
                                    + encoding
                                    + "'");
        };
    }

    private static byte[] unzip(byte[] body, int maxBytes) {
        byte[] plain;
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
            // One byte more than allowed tells too much from just enough.
            plain = in.readNBytes(maxBytes + 1);
        } catch (IOException broken) {
            throw HttpProblem.of(
                    HttpProblem.Kind.MALFORMED,
                    "the body is not gzip, as its content encoding says: " + broken.getMessage());
        }
        if (plain.length > maxBytes) {
            throw HttpProblem.bodyTooLarge(maxBytes);
        }
        return plain;
    }
}
