package dev.parlance.engine.chat.template.value;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Values as JSON text, with the layout of Python's {@code json.dumps}. */
public final class JsonText {
    /**
     * How the text is laid out.
     *
     * @param indent what one level is indented by; null for everything on one line
     * @param asciiOnly whether characters beyond ASCII are escaped
     */
    public record Layout(
            @Nullable String indent,
            String itemSeparator,
            String keySeparator,
            boolean sortKeys,
            boolean asciiOnly) {}

    private final Layout layout;
    private final StringBuilder out = new StringBuilder();
    private boolean trusted = true;

    private JsonText(Layout layout) {
        this.layout = layout;
    }

    /** The text; untrusted as a whole if any text in the value is. */
    public static Text write(Value value, Layout layout) {
        JsonText json = new JsonText(layout);
        json.write(value, 1);
        return Text.of(json.out.toString(), json.trusted);
    }

    private void write(Value value, int level) {
        Limits.checkTextChars(out.length());
        switch (value) {
            case NoneValue _ -> out.append("null");
            case BooleanValue flag -> out.append(flag.isTrue());
            case IntegerValue number -> out.append(Numbers.decimal(number.value()));
            case FloatValue number -> out.append(number(number.value()));
            case Text text -> writeText(text);
            case ListValue list -> writeList(list.items(), level);
            case TupleValue tuple -> writeList(tuple.items(), level);
            case DictValue dict -> writeObject(dict, level);
            default ->
                    throw JinjaException.operation(
                            "Object of type " + value.typeName() + " is not JSON serializable");
        }
    }

    private static String number(double value) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        return Double.isInfinite(value)
                ? value > 0 ? "Infinity" : "-Infinity"
                : Numbers.repr(value);
    }

    private void writeList(List<Value> items, int level) {
        if (items.isEmpty()) {
            out.append("[]");
            return;
        }
        out.append('[');
        Iterator<Value> iterator = items.iterator();
        newLine(level);
        while (iterator.hasNext()) {
            write(iterator.next(), level + 1);
            if (iterator.hasNext()) {
                out.append(layout.itemSeparator());
                newLine(level);
            }
        }
        newLine(level - 1);
        out.append(']');
    }

    private void newLine(int level) {
        if (layout.indent() != null) {
            out.append('\n').repeat(layout.indent(), level);
            Limits.checkTextChars(out.length());
        }
    }

    private void writeObject(DictValue dict, int level) {
        if (dict.entries().isEmpty()) {
            out.append("{}");
            return;
        }
        List<Map.Entry<Value, Value>> entries = new ArrayList<>(dict.entries().entrySet());
        if (layout.sortKeys()) {
            List<Value> keys =
                    Comparison.sorted(new ArrayList<>(dict.entries().keySet()), key -> key, false);
            entries.clear();
            keys.forEach(key -> entries.add(Map.entry(key, dict.entries().get(key))));
        }
        out.append('{');
        newLine(level);
        Iterator<Map.Entry<Value, Value>> iterator = entries.iterator();
        while (iterator.hasNext()) {
            Map.Entry<Value, Value> entry = iterator.next();
            writeText(key(entry.getKey()));
            out.append(layout.keySeparator());
            write(entry.getValue(), level + 1);
            if (iterator.hasNext()) {
                out.append(layout.itemSeparator());
                newLine(level);
            }
        }
        newLine(level - 1);
        out.append('}');
    }

    private static Text key(Value key) {
        return switch (key) {
            case Text text -> text;
            case FloatValue number -> Text.trusted(number(number.value()));
            case BooleanValue flag -> Text.trusted(flag.isTrue() ? "true" : "false");
            case NoneValue _ -> Text.trusted("null");
            case IntegerValue number -> Text.trusted(Numbers.decimal(number.value()));
            default ->
                    throw JinjaException.operation(
                            "keys must be str, int, float, bool or None, not " + key.typeName());
        };
    }

    private void writeText(Text text) {
        trusted &= text.isTrusted();
        out.append('"');
        String chars = text.chars();
        for (int i = 0; i < chars.length(); i++) {
            char c = chars.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\f' -> out.append("\\f");
                case '\b' -> out.append("\\b");
                default -> {
                    if (c < ' ' || (layout.asciiOnly() && c > '~')) {
                        String hex = Integer.toHexString(c);
                        out.append("\\u").repeat("0", 4 - hex.length()).append(hex);
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
