package dev.parlance.engine.json;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;

import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Reads and writes JSON text.
 *
 * <p>Threads: safe. Errors: {@link JsonParseException} for anything that is not exactly one JSON
 * value.
 */
public final class Json {
    /** Deep enough for any real request or schema, shallow enough for the stack. */
    static final int MAX_DEPTH = 200;

    /** A request may carry whole documents and base64 images in one string. */
    static final int MAX_STRING_CHARS = 64 << 20;

    static final int MAX_NUMBER_CHARS = 1000;
    static final int MAX_NAME_CHARS = 50_000;

    /**
     * Values, names and brackets: more than the ids of any prompts, and no more than some 140 MB as
     * a tree, which takes up to 39 times the bytes of its text.
     */
    static final int MAX_TOKENS = 2_000_000;

    /** What the library's messages say of a source that it does not know, and of its methods. */
    private static final Pattern OF_THE_LIBRARY =
            Pattern.compile(" \\(start marker at .*|, from `[^`]*`");

    private static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(MAX_DEPTH)
                                    .maxStringLength(MAX_STRING_CHARS)
                                    .maxNumberLength(MAX_NUMBER_CHARS)
                                    .maxNameLength(MAX_NAME_CHARS)
                                    .maxTokenCount(MAX_TOKENS)
                                    .build())
                    .build();

    private Json() {}

    public static JsonValue parse(String text) {
        return parse(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Parses UTF-8 bytes that hold exactly one JSON value. */
    public static JsonValue parse(byte[] utf8) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), utf8)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw new JsonParseException("expected a JSON value, got an empty text");
            }
            JsonValue value = read(parser, first);
            if (parser.nextToken() != null) {
                throw new JsonParseException(
                        "unexpected text after the JSON value, at byte "
                                + parser.currentTokenLocation().getByteOffset());
            }
            return value;
        } catch (JacksonException e) {
            TokenStreamLocation at = e.getLocation();
            String where = at == null ? "" : ", at byte " + at.getByteOffset();
            String what = OF_THE_LIBRARY.matcher(e.getOriginalMessage()).replaceAll("");
            throw new JsonParseException("not valid JSON: " + what + where, e);
        }
    }

    private static JsonValue read(JsonParser parser, JsonToken token) {
        return switch (token) {
            case START_OBJECT -> {
                Map<String, JsonValue> members = new LinkedHashMap<>();
                for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                    members.put(name, read(parser, parser.nextToken()));
                }
                yield new JsonObject(members);
            }
            case START_ARRAY -> {
                List<JsonValue> values = new ArrayList<>();
                for (JsonToken t = parser.nextToken();
                        t != JsonToken.END_ARRAY;
                        t = parser.nextToken()) {
                    values.add(read(parser, t));
                }
                yield new JsonArray(values);
            }
            case VALUE_STRING -> new JsonString(checked(parser, parser.getString()));
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new JsonNumber(parser.getString());
            case VALUE_TRUE -> JsonBoolean.TRUE;
            case VALUE_FALSE -> JsonBoolean.FALSE;
            case VALUE_NULL -> JsonNull.NULL;
            case END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
                    throw new IllegalStateException("token out of place: " + token);
        };
    }

    /**
     * A string as it is, unless escapes made half a character: UTF-8 has no such thing, so it would
     * not go out as it came in. In names the library refuses it.
     */
    private static String checked(JsonParser parser, String text) {
        int codePoint;
        for (int i = 0; i < text.length(); i += Character.charCount(codePoint)) {
            codePoint = text.codePointAt(i);
            if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
                throw new JsonParseException(
                        "not valid Unicode: a string has half of a surrogate pair, \\u"
                                + Integer.toHexString(codePoint)
                                + ", at byte "
                                + parser.currentTokenLocation().getByteOffset());
            }
        }
        return text;
    }

    /** Compact JSON, no spaces; characters beyond ASCII are written as they are. */
    public static String write(JsonValue value) {
        return write(value, ObjectWriteContext.empty());
    }

    /** JSON for people: one member a line, indented by two spaces. */
    public static String writePretty(JsonValue value) {
        return write(
                value,
                new ObjectWriteContext.Base() {
                    @Override
                    public tools.jackson.core.PrettyPrinter getPrettyPrinter() {
                        return new DefaultPrettyPrinter();
                    }
                });
    }

    private static String write(JsonValue value, ObjectWriteContext context) {
        StringWriter out = new StringWriter();
        try (JsonGenerator generator = FACTORY.createGenerator(context, out)) {
            write(generator, value);
        }
        return out.toString();
    }

    private static void write(JsonGenerator generator, JsonValue value) {
        switch (value) {
            case JsonObject(var members) -> {
                generator.writeStartObject();
                members.forEach((name, member) -> {
                    generator.writeName(name);
                    write(generator, member);
                });
                generator.writeEndObject();
            }
            case JsonArray(var values) -> {
                generator.writeStartArray();
                values.forEach(element -> write(generator, element));
                generator.writeEndArray();
            }
            case JsonString(var text) -> generator.writeString(text);
            case JsonNumber(var text) -> generator.writeNumber(text);
            case JsonBoolean(var flag) -> generator.writeBoolean(flag);
            case JsonNull _ -> generator.writeNull();
        }
    }
}
