package dev.parlance.engine.chat.template.runtime;

import dev.parlance.engine.chat.template.value.Arguments;
import dev.parlance.engine.chat.template.value.Characters;
import dev.parlance.engine.chat.template.value.DictValue;
import dev.parlance.engine.chat.template.value.IntegerValue;
import dev.parlance.engine.chat.template.value.Iteration;
import dev.parlance.engine.chat.template.value.JinjaException;
import dev.parlance.engine.chat.template.value.JsonText;
import dev.parlance.engine.chat.template.value.Markup;
import dev.parlance.engine.chat.template.value.NoneValue;
import dev.parlance.engine.chat.template.value.Operators;
import dev.parlance.engine.chat.template.value.Repr;
import dev.parlance.engine.chat.template.value.Text;
import dev.parlance.engine.chat.template.value.TextBuilder;
import dev.parlance.engine.chat.template.value.TextOperations;
import dev.parlance.engine.chat.template.value.TupleValue;
import dev.parlance.engine.chat.template.value.Undefined;
import dev.parlance.engine.chat.template.value.Value;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Filters that give text. */
final class TextFilters {
    /** How much longer than its length a text may be before {@code truncate} cuts it. */
    private static final int TRUNCATE_LEEWAY = 5;

    private static final Text NEW_LINE = Text.trusted("\n");
    private static final Text SPACE = Text.trusted(" ");

    private TextFilters() {}

    static void addTo(Map<String, Filter> all) {
        all.put("upper", change("upper", TextOperations::upper));
        all.put("lower", change("lower", TextOperations::lower));
        all.put("capitalize", change("capitalize", TextOperations::capitalize));
        all.put("title", change("title", TextFilters::title));
        all.put("string", change("string", text -> text));
        all.put("trim", TextFilters::trim);
        all.put("replace", TextFilters::replace);
        all.put("indent", TextFilters::indent);
        all.put("truncate", TextFilters::truncate);
        all.put("format", TextFilters::format);
        all.put("tojson", TextFilters::toJson);
        all.put("pprint", TextFilters::prettyPrint);
        all.put(
                "center",
                (_, input, a) ->
                        TextOperations.center(
                                text(input), a.bind("center", "width").integer(0, 80), SPACE));
        all.put(
                "wordcount",
                Filter.plain("wordcount", input -> IntegerValue.of(words(text(input).chars()))));
    }

    private static Filter change(String name, UnaryOperator<Text> change) {
        return (_, input, arguments) -> {
            arguments.bind(name);
            return change.apply(text(input));
        };
    }

    /** The value as text; text stays as it is, Markup included. */
    static Text text(Value value) {
        return value instanceof Text text ? text : Repr.str(value);
    }

    /** Jinja2's own idea of words: they start after white space and opening brackets. */
    private static Text title(Text text) {
        return text.map(
                        chars -> {
                            StringBuilder out = new StringBuilder(chars.length());
                            boolean start = true;
                            for (int i = 0; i < chars.length(); ) {
                                int c = chars.codePointAt(i);
                                String character = Character.toString(c);
                                i += character.length();
                                out.append(
                                        start
                                                ? character.toUpperCase(Locale.ROOT)
                                                : character.toLowerCase(Locale.ROOT));
                                start = "-({[<".indexOf(c) >= 0 || Characters.isSpace(c);
                            }
                            return out.toString();
                        })
                .asMarkup(false);
    }

    private static Value trim(Evaluator evaluator, Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("trim", "chars");
        Value chars = bound.or(0, NoneValue.NONE);
        Text set = chars == NoneValue.NONE ? null : bound.text(0);
        return TextOperations.strip(text(input), set, TextOperations.Ends.BOTH);
    }

    private static Value replace(Evaluator evaluator, Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("replace", "old", "new", "count");
        boolean all = bound.or(2, NoneValue.NONE) == NoneValue.NONE;
        int count = all ? -1 : bound.integer(2);
        Value old = bound.require(0);
        Value replacement = bound.require(1);
        if (!evaluator.autoEscape()) {
            return TextOperations.replace(
                    Repr.str(input), Repr.str(old), Repr.str(replacement), count);
        }
        boolean escape = isMarkup(old) || (isMarkup(replacement) && !isMarkup(input));
        Text subject = escape ? Markup.escape(input) : text(input);
        Text inserted = subject.isMarkup() ? Markup.escape(text(replacement)) : text(replacement);
        return TextOperations.replace(subject, text(old), inserted, count)
                .asMarkup(subject.isMarkup());
    }

    static boolean isMarkup(Value value) {
        return value instanceof Text text && text.isMarkup();
    }

    private static Value indent(Evaluator evaluator, Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("indent", "width", "first", "blank");
        Value width = bound.or(0, IntegerValue.of(4));
        if (!(input instanceof Text text)) {
            throw JinjaException.operation("indent needs a str, not " + input.typeName());
        }
        Text indention =
                width instanceof Text given
                        ? given
                        : new TextBuilder().repeat(SPACE, Math.max(0, bound.integer(0, 4))).build();
        if (text.isMarkup() && indention.isMarkup() != text.isMarkup()) {
            indention = indention.asMarkup(true);
        }
        boolean blank = bound.isTrue(2, false);
        List<Value> lines = TextOperations.splitLines(text.plus(NEW_LINE), false);
        TextBuilder out = new TextBuilder();
        for (int i = 0; i < lines.size(); i++) {
            Text line = text(lines.get(i));
            if (i == 0) {
                out.append(bound.isTrue(1, false) ? indention : Text.EMPTY);
            } else {
                out.append(NEW_LINE).append(blank || line.isTrue() ? indention : Text.EMPTY);
            }
            out.append(line);
        }
        return out.build().asMarkup(text.isMarkup());
    }

    private static Value truncate(Evaluator evaluator, Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("truncate", "length", "killwords", "end", "leeway");
        int length = bound.integer(0, 255);
        Text end = bound.text(2, Text.trusted("..."));
        boolean noLeeway = bound.or(3, NoneValue.NONE) == NoneValue.NONE;
        int leeway = noLeeway ? TRUNCATE_LEEWAY : bound.integer(3);
        if (length < end.codePointCount() || leeway < 0) {
            throw JinjaException.operation(
                    "truncate needs a length of at least "
                            + end.codePointCount()
                            + " and no negative leeway, got "
                            + length
                            + " and "
                            + leeway);
        }
        int actual = Iteration.length(input);
        if (actual >= 0 && actual <= (long) length + leeway) {
            return input;
        }
        if (!(input instanceof Text text)) {
            throw JinjaException.operation("truncate needs a str, not " + input.typeName());
        }
        Text cut = text.slice(0, text.offsetOf(length - end.codePointCount()));
        if (!bound.isTrue(1, false)) {
            cut = text(TextOperations.splitFromRight(cut, SPACE, 1).getFirst());
        }
        return Operators.add(cut, end);
    }

    private static Value format(Evaluator evaluator, Value input, Arguments arguments) {
        boolean both = !arguments.positional().isEmpty() && !arguments.named().isEmpty();
        if (both) {
            throw JinjaException.operation(
                    "can't handle positional and keyword arguments at the same time");
        }
        Value values =
                arguments.named().isEmpty()
                        ? TupleValue.of(arguments.positional())
                        : DictValue.ofNames(arguments.named());
        return Operators.modulo(text(input), values);
    }

    private static Value toJson(Evaluator evaluator, Value input, Arguments arguments) {
        Arguments.Bound bound =
                arguments.bind("tojson", "ensure_ascii", "indent", "separators", "sort_keys");
        evaluator.meter().visit(input);
        String indent =
                switch (bound.or(1, NoneValue.NONE)) {
                    case NoneValue _ -> null;
                    case Text text -> text.chars();
                    case Value _ -> spaces(bound.integer(1));
                };
        String item = indent == null ? ", " : ",";
        String key = ": ";
        if (bound.or(2, NoneValue.NONE) != NoneValue.NONE) {
            List<Value> separators = evaluator.toList(bound.require(2));
            if (separators.size() != 2) {
                throw JinjaException.operation("separators must be a pair of texts");
            }
            item = text(separators.get(0)).chars();
            key = text(separators.get(1)).chars();
        }
        JsonText.Layout layout =
                new JsonText.Layout(
                        indent, item, key, bound.isTrue(3, false), bound.isTrue(0, false));
        return JsonText.write(input, layout);
    }

    private static String spaces(int count) {
        return new TextBuilder().repeat(SPACE, Math.max(0, count)).build().chars();
    }

    private static Value prettyPrint(Evaluator evaluator, Value input, Arguments arguments) {
        arguments.bind("pprint");
        evaluator.meter().visit(input);
        Text shown = Repr.repr(sortedKeys(evaluator, input));
        if (shown.codePointCount() > 80) {
            throw JinjaException.operation(
                    "pprint of a value wider than 80 columns is not supported");
        }
        return shown;
    }

    private static Value sortedKeys(Evaluator evaluator, Value value) {
        return switch (value) {
            case DictValue dict -> OrderFilters.sortedByKey(evaluator, dict);
            default -> value;
        };
    }

    private static int words(String chars) {
        int count = 0;
        boolean inWord = false;
        for (int c : chars.codePoints().toArray()) {
            boolean word = Characters.isWord(c);
            count += word && !inWord ? 1 : 0;
            inWord = word;
        }
        return count;
    }

    /** Whether a value is none or undefined. */
    static boolean isAbsent(Value value) {
        return value == NoneValue.NONE || value instanceof Undefined;
    }
}
