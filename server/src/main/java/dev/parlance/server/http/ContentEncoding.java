package dev.parlance.server.http;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.function.LongConsumer;
import java.util.zip.GZIPInputStream;

/** Undoes the compression of a request's body. */
final class ContentEncoding {
    private static final int PIECE_BYTES = 16 << 10;

    private ContentEncoding() {}

    /**
     * @param encoding the header's value
     * @param takeMemory told of every so many bytes before they are kept; throws to refuse
     * @throws HttpProblem if the encoding is not known, the body is not what it says, or it becomes
     *     too large
     */
    static byte[] decode(byte[] body, String encoding, int maxBytes, LongConsumer takeMemory) {
        return switch (encoding.strip().toLowerCase(Locale.ROOT)) {
            case "", "identity" -> body;
            case "gzip", "x-gzip" -> unzip(body, maxBytes, takeMemory);
            default ->
                    throw HttpProblem.of(
                            HttpProblem.Kind.UNSUPPORTED_ENCODING,
                            "the content encoding must be gzip or identity, got '"
                                    + encoding
                                    + "'");
        };
    }

    private static byte[] unzip(byte[] body, int maxBytes, LongConsumer takeMemory) {
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        byte[] piece = new byte[PIECE_BYTES];
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
            for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                if (plain.size() + (long) read > maxBytes) {
                    throw HttpProblem.bodyTooLarge(maxBytes);
                }
                takeMemory.accept(read);
                plain.write(piece, 0, read);
            }
        } catch (IOException broken) {
            throw HttpProblem.of(
                    HttpProblem.Kind.MALFORMED,
                    "the body is not gzip, as its content encoding says: " + broken.getMessage());
        }
        return plain.toByteArray();
    }
}
