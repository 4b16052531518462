package dev.parlance.engine.chat.template.value;

import java.math.BigInteger;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Values as text: Python's {@code str} and {@code repr}. */
public final class Repr {
    private final StringBuilder out = new StringBuilder();
    private boolean trusted = true;
    private int depth;

    private Repr() {}

    /** Python's {@code str(value)}; never Markup. */
    public static Text str(Value value) {
        return switch (value) {
            case Text text -> text.asMarkup(false);
            case Undefined _ -> Text.EMPTY;
            default -> repr(value);
        };
    }

    /** Python's {@code repr(value)}; untrusted as a whole if anything in it is. */
    public static Text repr(Value value) {
        Repr repr = new Repr();
        repr.write(value);
        return Text.of(repr.out.toString(), repr.trusted);
    }

    /** Python's {@code ascii(value)}: like {@code repr}, with everything beyond ASCII escaped. */
    static Text ascii(Value value) {
        Text repr = repr(value);
        StringBuilder escaped = new StringBuilder();
        repr.chars()
                .codePoints()
                .forEach(c -> escaped.append(c < 0x80 ? "" + (char) c : escape(c)));
        return Text.of(escaped.toString(), repr.isTrusted());
    }

    private static String escape(int c) {
        if (c <= 0xFF) {
            return "\\x" + hex(c, 2);
        }
        return c <= 0xFFFF ? "\\u" + hex(c, 4) : "\\U" + hex(c, 8);
    }

    private void write(Value value) {
        // Namespaces can hold themselves, so the depth of values does not bound this.
        Limits.checkNesting(++depth);
        Limits.checkTextChars(out.length());
        switch (value) {
            case NoneValue _ -> out.append("None");
            case BooleanValue flag -> out.append(flag.isTrue() ? "True" : "False");
            case IntegerValue number -> out.append(Numbers.decimal(number.value()));
            case FloatValue number -> out.append(Numbers.repr(number.value()));
            case Text text -> writeText(text);
            case Undefined _ -> out.append("Undefined");
            case ListValue list -> writeAll("[", list.items(), "]");
            case TupleValue tuple ->
                    writeAll("(", tuple.items(), tuple.items().size() == 1 ? ",)" : ")");
            case DictValue dict -> writeEntries(dict.entries());
            case DictView view -> writeAll(view.typeName() + "([", view.items(), "])");
            case RangeValue range -> writeRange(range);
            case NamespaceValue namespace -> {
                out.append("<Namespace ");
                writeEntries(DictValue.ofNames(namespace.attributes()).entries());
                out.append('>');
            }
            case FunctionValue function -> writeFunction(function);
            case ObjectValue object -> out.append('<').append(object.typeName()).append('>');
            case IteratorValue iterator ->
                    out.append('<').append(iterator.typeName()).append(" object>");
        }
        depth--;
    }

    private void writeFunction(FunctionValue function) {
        String name = function.name();
        if (function instanceof ObjectValue object && object.length() >= 0) {
            out.append('<').append(name).append('>');
            return;
        }
        out.append('<').append(function.typeName()).append(' ');
        out.append(name.isEmpty() ? "anonymous" : "'" + name + "'").append('>');
    }

    private void writeAll(String open, List<Value> items, String close) {
        out.append(open);
        Iterator<Value> iterator = items.iterator();
        while (iterator.hasNext()) {
            write(iterator.next());
            if (iterator.hasNext()) {
                out.append(", ");
            }
        }
        out.append(close);
    }

    private void writeEntries(Map<Value, Value> entries) {
        out.append('{');
        String separator = "";
        for (Map.Entry<Value, Value> entry : entries.entrySet()) {
            out.append(separator);
            write(entry.getKey());
            out.append(": ");
            write(entry.getValue());
            separator = ", ";
        }
        out.append('}');
    }

    private void writeRange(RangeValue range) {
        out.append("range(").append(range.start()).append(", ").append(range.stop());
        if (!range.step().equals(BigInteger.ONE)) {
            out.append(", ").append(range.step());
        }
        out.append(')');
    }

    private void writeText(Text text) {
        trusted &= text.isTrusted();
        if (text.isMarkup()) {
            out.append("Markup(");
        }
        String chars = text.chars();
        char quote = chars.indexOf('\'') >= 0 && chars.indexOf('"') < 0 ? '"' : '\'';
        out.append(quote);
        for (int i = 0; i < chars.length(); ) {
            int c = chars.codePointAt(i);
            i += Character.charCount(c);
            writeCharacter(c, quote);
        }
        out.append(quote);
        if (text.isMarkup()) {
            out.append(')');
        }
    }

    private void writeCharacter(int c, char quote) {
        switch (c) {
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> {
                if (c == quote) {
                    out.append('\\').append(quote);
                } else if (Characters.isPrintable(c)) {
                    out.appendCodePoint(c);
                } else {
                    out.append(escape(c));
                }
            }
        }
    }

    private static String hex(int value, int digits) {
        String hex = Integer.toHexString(value);
        return "0".repeat(digits - hex.length()) + hex;
    }
}
