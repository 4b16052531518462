package dev.parlance.engine.chat.template.value;

import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonBoolean;
import dev.parlance.engine.json.JsonNull;
import dev.parlance.engine.json.JsonNumber;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonString;
import dev.parlance.engine.json.JsonValue;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** JSON as values; all text in it is untrusted. */
public final class JsonValues {
    private JsonValues() {}

    /** The value that Python's {@code json.loads} would give. */
    public static Value of(JsonValue json) {
        return switch (json) {
            case JsonNull _ -> NoneValue.NONE;
            case JsonBoolean flag -> BooleanValue.of(flag.value());
            case JsonNumber number -> number(number);
            case JsonString text -> Text.untrusted(text.value());
            case JsonArray array -> {
                List<Value> items = new ArrayList<>(array.values().size());
                array.values().forEach(item -> items.add(of(item)));
                yield ListValue.of(items);
            }
            case JsonObject object -> {
                LinkedHashMap<Value, Value> entries = new LinkedHashMap<>();
                object.members()
                        .forEach((name, member) -> entries.put(Text.untrusted(name), of(member)));
                yield DictValue.of(entries);
            }
        };
    }

    private static Value number(JsonNumber number) {
        if (!number.isWrittenAsInteger()) {
            return new FloatValue(number.doubleValue());
        }
        if (number.text().length() > Limits.MAX_INTEGER_DIGITS) {
            throw JinjaException.limit(
                    "a number of "
                            + number.text().length()
                            + " digits, at most "
                            + Limits.MAX_INTEGER_DIGITS
                            + " are allowed");
        }
        return new IntegerValue(new BigInteger(number.text()));
    }
}
