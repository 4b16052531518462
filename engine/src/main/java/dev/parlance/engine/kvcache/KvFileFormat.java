package dev.parlance.engine.kvcache;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A block as a file, all numbers little-endian:
 *
 * <pre>
 *   0   8  magic and version: "PARLKV01"
 *   8  32  the block's key
 *  40   4  CRC-32C of the key and of what follows the header
 *  44   4  zero
 *  48   …  what the block holds, as it is in memory
 * </pre>
 *
 * <p>There is no length to believe: a file has {@link #fileBytes} bytes or is damaged.
 */
record KvFileFormat(KvStorage storage, KvLayout layout) {
    private static final long MAGIC = 0x3130_564b_4c52_4150L;
    private static final int HEADER_BYTES = 48;
    private static final int KEY_AT = 8;
    private static final int CHECKSUM_AT = KEY_AT + PrefixKey.BYTES;

    /**
     * @throws ArithmeticException if it is beyond what a buffer can hold
     */
    int fileBytes() {
        return Math.toIntExact(HEADER_BYTES + KvBlock.bytes(storage, layout));
    }

    /** Memory for one file. */
    ByteBuffer newBuffer() {
        return ByteBuffer.allocateDirect(fileBytes()).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Fills a buffer with the file of a block. */
    void encode(PrefixKey key, KvBlock block, ByteBuffer to) {
        to.clear().putLong(MAGIC).put(key.bytes()).putInt(0).putInt(0);
        block.save(to);
        to.flip();
        to.putInt(CHECKSUM_AT, checksum(to));
    }

    /** The block of a full buffer; nothing if it is not, bit for bit, the file of this key. */
    Optional<KvBlock> decode(PrefixKey key, ByteBuffer from) {
        byte[] found = new byte[PrefixKey.BYTES];
        from.get(KEY_AT, found);
        if (from.getLong(0) != MAGIC
                || !Arrays.equals(found, key.bytes())
                || from.getInt(CHECKSUM_AT) != checksum(from)
                || from.getInt(CHECKSUM_AT + Integer.BYTES) != 0) {
            return Optional.empty();
        }
        KvBlock block = KvBlock.of(storage, layout);
        block.restore(from.position(HEADER_BYTES));
        return Optional.of(block);
    }

    private static int checksum(ByteBuffer file) {
        CRC32C checksum = new CRC32C();
        checksum.update(file.slice(KEY_AT, PrefixKey.BYTES));
        checksum.update(file.slice(HEADER_BYTES, file.limit() - HEADER_BYTES));
        return (int) checksum.getValue();
    }
}
