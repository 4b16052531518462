package dev.parlance.engine.gguf;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads metadata: typed keys and values. */
final class GgufValueReader {
    /** gguf.md: a key is at most 2^16 - 1 bytes. */
    private static final int MAX_KEY_BYTES = 65_535;

    /** No metadata in use nests at all. */
    private static final int MAX_ARRAY_DEPTH = 4;

    /**
     * The largest vocabularies have about 2^18 tokens and 2^20 merges. An element may take eight
     * times as much memory as file.
     */
    private static final int MAX_ARRAY_LENGTH = 1 << 24;

    private enum ValueType {
        UINT8(1),
        INT8(1),
        UINT16(2),
        INT16(2),
        UINT32(4),
        INT32(4),
        FLOAT32(4),
        BOOL(1),
        STRING(8),
        ARRAY(12),
        UINT64(8),
        INT64(8),
        FLOAT64(8);

        private final int minBytes;

        ValueType(int minBytes) {
            this.minBytes = minBytes;
        }
    }

    private final GgufCursor cursor;

    GgufValueReader(GgufCursor cursor) {
        this.cursor = cursor;
    }

    /** Reads that many pairs, in their order. */
    Map<String, GgufValue> readPairs(int count) {
        Map<String, GgufValue> pairs = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            cursor.enter("metadata pair " + i);
            String key = cursor.readString(MAX_KEY_BYTES);
            cursor.enter("metadata '" + key + "'");
            GgufValue value = readValue(readValueType(), 0);
            if (pairs.put(key, value) != null) {
                throw cursor.error("the key is there twice");
            }
        }
        return pairs;
    }

    private GgufValue readValue(ValueType type, int depth) {
        return switch (type) {
            case UINT8, INT8, UINT16, INT16, UINT32, INT32, UINT64, INT64 ->
                    new GgufValue.Int(readInteger(type));
            case FLOAT32, FLOAT64 -> new GgufValue.Float(readFloat(type));
            case BOOL -> new GgufValue.Bool(readBoolean());
            case STRING -> new GgufValue.Text(cursor.readString(Integer.MAX_VALUE));
            case ARRAY -> readArray(depth + 1);
        };
    }

    private GgufValue readArray(int depth) {
        if (depth > MAX_ARRAY_DEPTH) {
            throw cursor.error("arrays are nested deeper than " + MAX_ARRAY_DEPTH);
        }
        ValueType type = readValueType();
        int count = cursor.readCount("array length", type.minBytes, MAX_ARRAY_LENGTH);
        return switch (type) {
            case UINT8, INT8, UINT16, INT16, UINT32, INT32, UINT64, INT64 -> {
                long[] values = new long[count];
                for (int i = 0; i < count; i++) {
                    values[i] = readInteger(type);
                }
                yield new GgufValue.IntArray(values);
            }
            case FLOAT32, FLOAT64 -> {
                float[] values = new float[count];
                for (int i = 0; i < count; i++) {
                    values[i] = (float) readFloat(type);
                }
                yield new GgufValue.FloatArray(values);
            }
            case BOOL -> {
                boolean[] values = new boolean[count];
                for (int i = 0; i < count; i++) {
                    values[i] = readBoolean();
                }
                yield new GgufValue.BoolArray(values);
            }
            case STRING -> {
                List<String> values = new ArrayList<>(count);
                for (int i = 0; i < count; i++) {
                    values.add(cursor.readString(Integer.MAX_VALUE));
                }
                yield new GgufValue.TextArray(List.copyOf(values));
            }
            case ARRAY -> {
                List<GgufValue> values = new ArrayList<>(count);
                for (int i = 0; i < count; i++) {
                    values.add(readArray(depth + 1));
                }
                yield new GgufValue.Nested(List.copyOf(values));
            }
        };
    }

    private ValueType readValueType() {
        int type = cursor.readInt();
        ValueType[] types = ValueType.values();
        if (type < 0 || type >= types.length) {
            throw cursor.error(
                    "unknown value type "
                            + Integer.toUnsignedString(type)
                            + "; 0 to "
                            + (types.length - 1)
                            + " are known");
        }
        return types[type];
    }

    private long readInteger(ValueType type) {
        return switch (type) {
            case UINT8 -> Byte.toUnsignedLong(cursor.readByte());
            case INT8 -> cursor.readByte();
            case UINT16 -> Short.toUnsignedLong(cursor.readShort());
            case INT16 -> cursor.readShort();
            case UINT32 -> Integer.toUnsignedLong(cursor.readInt());
            case INT32 -> cursor.readInt();
            case INT64 -> cursor.readLong();
            case UINT64 -> {
                long value = cursor.readLong();
                if (value < 0) {
                    throw cursor.error(
                            "the value " + Long.toUnsignedString(value) + " is beyond 2^63 - 1");
                }
                yield value;
            }
            case FLOAT32, FLOAT64, BOOL, STRING, ARRAY ->
                    throw new IllegalStateException(type + " is no integer");
        };
    }

    private double readFloat(ValueType type) {
        return type == ValueType.FLOAT32
                ? Float.intBitsToFloat(cursor.readInt())
                : Double.longBitsToDouble(cursor.readLong());
    }

    private boolean readBoolean() {
        byte value = cursor.readByte();
        if (value != 0 && value != 1) {
            throw cursor.error("a boolean is " + value + "; 0 or 1 is allowed");
        }
        return value == 1;
    }
}
