package dev.parlance.engine.chat.template.value;

import java.util.ArrayList;
import java.util.List;

/**
 * Python's {@code str.format} as Jinja2's sandbox runs it: fields look attributes and elements up
 * the way templates do. What is put in keeps its own marks.
 */
public final class StringFormat {
    /** Specifications may hold fields, but those may not hold further ones. */
    private static final int MAX_FIELD_DEPTH = 2;

    /** How attributes and elements of an argument are found. */
    public interface Lookup {
        Value attribute(Value owner, String name);

        Value element(Value owner, Value key);
    }

    private final Arguments arguments;
    private final Lookup lookup;
    private final boolean markup;
    private int automatic;
    private boolean manual;

    private StringFormat(Arguments arguments, Lookup lookup, boolean markup) {
        this.arguments = arguments;
        this.lookup = lookup;
        this.markup = markup;
    }

    public static Text format(Text format, Arguments arguments, Lookup lookup) {
        return new StringFormat(arguments, lookup, format.isMarkup())
                .run(format, MAX_FIELD_DEPTH)
                .asMarkup(format.isMarkup());
    }

    private Text run(Text format, int depth) {
        if (depth < 0) {
            throw JinjaException.operation("Max string recursion exceeded");
        }
        String chars = format.chars();
        TextBuilder out = new TextBuilder();
        int at = 0;
        while (at < chars.length()) {
            char c = chars.charAt(at);
            boolean doubled = at + 1 < chars.length() && chars.charAt(at + 1) == c;
            if ((c == '{' || c == '}') && doubled) {
                out.append(format, at, at + 1);
                at += 2;
            } else if (c == '}') {
                throw JinjaException.operation("Single '}' encountered in format string");
            } else if (c == '{') {
                int end = fieldEnd(chars, at + 1);
                out.append(field(format.slice(at + 1, end), depth));
                at = end + 1;
            } else {
                int end = at;
                while (end < chars.length()
                        && chars.charAt(end) != '{'
                        && chars.charAt(end) != '}') {
                    end++;
                }
                out.append(format, at, end);
                at = end;
            }
        }
        return out.build();
    }

    private static int fieldEnd(String chars, int from) {
        int depth = 1;
        boolean inBrackets = false;
        for (int i = from; i < chars.length(); i++) {
            char c = chars.charAt(i);
            if (inBrackets) {
                inBrackets = c != ']';
            } else if (c == '[' && depth == 1) {
                inBrackets = chars.indexOf(']', i) >= 0 && isInName(chars, from, i);
            } else if (c == '{') {
                depth++;
            } else if (c == '}' && --depth == 0) {
                return i;
            }
        }
        throw JinjaException.operation(
                from == chars.length()
                        ? "Single '{' encountered in format string"
                        : "expected '}' before end of string");
    }

    private static boolean isInName(String chars, int from, int at) {
        return chars.substring(from, at).chars().noneMatch(c -> c == ':' || c == '!');
    }

    private Text field(Text field, int depth) {
        String chars = field.chars();
        int nameEnd = 0;
        boolean inBrackets = false;
        for (; nameEnd < chars.length(); nameEnd++) {
            char c = chars.charAt(nameEnd);
            inBrackets = inBrackets ? c != ']' : c == '[';
            if (!inBrackets && (c == ':' || c == '!')) {
                break;
            }
        }
        Value value = find(chars.substring(0, nameEnd));
        int at = nameEnd;
        if (at < chars.length() && chars.charAt(at) == '!') {
            char conversion = at + 1 < chars.length() ? chars.charAt(at + 1) : 0;
            value = convert(value, conversion);
            at += 2;
            if (at < chars.length() && chars.charAt(at) != ':') {
                throw JinjaException.operation("expected ':' after conversion specifier");
            }
        }
        Text spec = at < chars.length() ? run(field.slice(at + 1), depth - 1) : Text.EMPTY;
        if (value instanceof Undefined && !spec.isEmpty()) {
            throw JinjaException.operation(
                    "unsupported format string passed to Undefined.__format__");
        }
        Text shown = FormatSpec.parse(spec.chars()).apply(value);
        return markup ? Markup.escape(value instanceof Text t && t.isMarkup() ? t : shown) : shown;
    }

    private static Value convert(Value value, char conversion) {
        return switch (conversion) {
            case 's' -> Repr.str(value);
            case 'r' -> Repr.repr(value);
            case 'a' -> Repr.ascii(value);
            default ->
                    throw JinjaException.operation(
                            "Unknown conversion specifier '" + conversion + "'");
        };
    }

    private Value find(String path) {
        List<String> steps = steps(path);
        Value value = first(steps.get(0));
        for (String step : steps.subList(1, steps.size())) {
            String name = step.substring(1);
            if (step.charAt(0) == '.') {
                value = lookup.attribute(value, name);
            } else {
                boolean index = !name.isEmpty() && name.chars().allMatch(c -> c >= '0' && c <= '9');
                value =
                        lookup.element(
                                value,
                                index && name.length() < 10
                                        ? IntegerValue.of(Integer.parseInt(name))
                                        : Text.trusted(name));
            }
        }
        return value;
    }

    private Value first(String name) {
        if (name.isEmpty()) {
            if (manual) {
                throw JinjaException.operation(
                        "cannot switch from manual field specification to automatic field"
                                + " numbering");
            }
            return positional(automatic++);
        }
        if (name.chars().allMatch(c -> c >= '0' && c <= '9') && name.length() < 10) {
            if (automatic > 0) {
                throw JinjaException.operation(
                        "cannot switch from automatic field numbering to manual field"
                                + " specification");
            }
            manual = true;
            return positional(Integer.parseInt(name));
        }
        Value value = arguments.named().get(name);
        if (value == null) {
            throw JinjaException.operation("KeyError: '" + name + "'");
        }
        return value;
    }

    private Value positional(int index) {
        if (index >= arguments.positional().size()) {
            throw JinjaException.operation(
                    "Replacement index " + index + " out of range for positional args tuple");
        }
        return arguments.positional().get(index);
    }

    /** A path such as {@code a.b[c]} cut into {@code a}, {@code .b}, {@code [c}. */
    private static List<String> steps(String path) {
        List<String> steps = new ArrayList<>();
        int from = 0;
        int at = 0;
        while (at < path.length()) {
            char c = path.charAt(at);
            if (c == '[') {
                steps.add(path.substring(from, at));
                int close = path.indexOf(']', at);
                if (close < 0) {
                    throw JinjaException.operation("Missing ']' in format string");
                }
                steps.add(path.substring(at, close));
                from = close + 1;
                at = from;
            } else if (c == '.') {
                steps.add(path.substring(from, at));
                from = at;
                at++;
            } else {
                at++;
            }
        }
        steps.add(path.substring(from));
        String first = steps.get(0);
        List<String> rest = new ArrayList<>(steps.subList(1, steps.size()));
        rest.removeIf(String::isEmpty);
        if (rest.stream().anyMatch(step -> step.length() < 2)) {
            throw JinjaException.operation("Empty attribute in format string");
        }
        rest.addFirst(first);
        return rest;
    }
}
