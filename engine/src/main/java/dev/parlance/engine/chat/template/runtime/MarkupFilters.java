package dev.parlance.engine.chat.template.runtime;

import dev.parlance.engine.chat.template.value.Arguments;
import dev.parlance.engine.chat.template.value.DictValue;
import dev.parlance.engine.chat.template.value.Iteration;
import dev.parlance.engine.chat.template.value.JinjaException;
import dev.parlance.engine.chat.template.value.Markup;
import dev.parlance.engine.chat.template.value.Repr;
import dev.parlance.engine.chat.template.value.Text;
import dev.parlance.engine.chat.template.value.TextBuilder;
import dev.parlance.engine.chat.template.value.TextOperations;
import dev.parlance.engine.chat.template.value.TupleValue;
import dev.parlance.engine.chat.template.value.Value;

import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Filters about HTML and addresses. */
final class MarkupFilters {
    private static final Text SPACE = Text.trusted(" ");

    private MarkupFilters() {}

    static void addTo(Map<String, Filter> all) {
        all.put("escape", Filter.plain("escape", Markup::escape));
        all.put("e", Filter.plain("e", Markup::escape));
        all.put(
                "forceescape",
                Filter.plain("forceescape", input -> Markup.escapeAlways(Repr.str(input))));
        all.put("safe", Filter.plain("safe", input -> TextFilters.text(input).asMarkup(true)));
        all.put("striptags", Filter.plain("striptags", input -> stripTags(Repr.str(input))));
        all.put("urlencode", MarkupFilters::urlEncode);
        all.put("xmlattr", MarkupFilters::attributes);
    }

    private static Text stripTags(Text text) {
        Text visible = without(without(text, "<!--", "-->"), "<", ">");
        List<Value> words = TextOperations.split(visible, null, -1);
        return unescape(TextOperations.join(SPACE, words.iterator()));
    }

    /** Without the stretches from an opening to the next closing mark. */
    private static Text without(Text text, String open, String close) {
        TextBuilder out = new TextBuilder();
        int at = 0;
        while (true) {
            int from = text.chars().indexOf(open, at);
            int to = from < 0 ? -1 : text.chars().indexOf(close, from);
            if (to < 0) {
                return out.append(text, at, text.length()).build();
            }
            out.append(text, at, from);
            at = to + close.length();
        }
    }

    /** With the common character references resolved. */
    private static Text unescape(Text text) {
        return text.map(chars -> {
            StringBuilder out = new StringBuilder(chars.length());
            for (int i = 0; i < chars.length(); ) {
                int end = chars.charAt(i) == '&' ? chars.indexOf(';', i) : -1;
                String resolved =
                        end < 0 || end - i > 12 ? "" : reference(chars.substring(i + 1, end));
                if (resolved.isEmpty()) {
                    out.append(chars.charAt(i++));
                } else {
                    out.append(resolved);
                    i = end + 1;
                }
            }
            return out.toString();
        });
    }

    private static String reference(String name) {
        if (name.startsWith("#")) {
            boolean hex = name.startsWith("#x") || name.startsWith("#X");
            try {
                int c =
                        hex
                                ? Integer.parseInt(name.substring(2), 16)
                                : Integer.parseInt(name.substring(1));
                return Character.isValidCodePoint(c) ? Character.toString(c) : "";
            } catch (NumberFormatException _) {
                return "";
            }
        }
        return switch (name) {
            case "amp" -> "&";
            case "lt" -> "<";
            case "gt" -> ">";
            case "quot" -> "\"";
            case "apos" -> "'";
            case "nbsp" -> "\u00a0";
            case "raquo" -> "\u00bb";
            case "laquo" -> "\u00ab";
            case "copy" -> "\u00a9";
            case "hellip" -> "\u2026";
            case "mdash" -> "\u2014";
            case "ndash" -> "\u2013";
            default -> "";
        };
    }

    private static Value urlEncode(Evaluator evaluator, Value input, Arguments arguments) {
        arguments.bind("urlencode");
        if (input instanceof Text || !Iteration.isIterable(input)) {
            return Repr.str(input).map(chars -> quote(chars, "/"));
        }
        Iterator<Value> pairs =
                input instanceof DictValue dict
                        ? dict.entries().entrySet().stream()
                                .<Value>map(e -> TupleValue.of(e.getKey(), e.getValue()))
                                .iterator()
                        : evaluator.iterate(input);
        TextBuilder out = new TextBuilder();
        while (pairs.hasNext()) {
            List<Value> pair = evaluator.toList(pairs.next());
            if (pair.size() != 2) {
                throw JinjaException.operation("urlencode needs pairs of key and value");
            }
            out.append(out.length() > 0 ? "&" : "", true);
            out.append(Repr.str(pair.get(0)).map(MarkupFilters::quoteForQuery)).append("=", true);
            out.append(Repr.str(pair.get(1)).map(MarkupFilters::quoteForQuery));
        }
        return out.build();
    }

    private static String quoteForQuery(String chars) {
        return quote(chars, "").replace("%20", "+");
    }

    private static String quote(String chars, String safe) {
        StringBuilder out = new StringBuilder(chars.length());
        for (byte b : chars.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xFF);
            boolean kept =
                    c < 0x80 && (Character.isLetterOrDigit(c) || ("_.-~" + safe).indexOf(c) >= 0);
            out.append(kept ? String.valueOf(c) : "%%%02X".formatted((int) c));
        }
        return out.toString();
    }

    private static Value attributes(Evaluator evaluator, Value input, Arguments arguments) {
        boolean space = arguments.bind("xmlattr", "autospace").isTrue(0, true);
        if (!(input instanceof DictValue dict)) {
            throw JinjaException.operation("xmlattr needs a mapping, not " + input.typeName());
        }
        TextBuilder out = new TextBuilder();
        dict.entries()
                .forEach((key, value) -> {
                    if (TextFilters.isAbsent(value)) {
                        return;
                    }
                    if (!(key instanceof Text name)) {
                        throw JinjaException.operation("expected string or bytes-like object");
                    }
                    if (name.chars().chars().anyMatch(c -> " \t\n\r\f\u000b/>=".indexOf(c) >= 0)) {
                        throw JinjaException.operation(
                                "Invalid character in attribute name: '" + name + "'");
                    }
                    out.append(space || out.length() > 0 ? " " : "", true)
                            .append(Markup.escape(name))
                            .append("=\"", true)
                            .append(Markup.escape(value))
                            .append("\"", true);
                });
        return out.build().asMarkup(evaluator.autoEscape());
    }
}
