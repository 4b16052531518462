package dev.parlance.engine.chat.template.runtime;

import dev.parlance.engine.chat.template.value.Arguments;
import dev.parlance.engine.chat.template.value.BooleanValue;
import dev.parlance.engine.chat.template.value.Characters;
import dev.parlance.engine.chat.template.value.DictValue;
import dev.parlance.engine.chat.template.value.IntegerValue;
import dev.parlance.engine.chat.template.value.JinjaException;
import dev.parlance.engine.chat.template.value.ListValue;
import dev.parlance.engine.chat.template.value.Markup;
import dev.parlance.engine.chat.template.value.NoneValue;
import dev.parlance.engine.chat.template.value.StringFormat;
import dev.parlance.engine.chat.template.value.Text;
import dev.parlance.engine.chat.template.value.TextOperations;
import dev.parlance.engine.chat.template.value.TextOperations.Ends;
import dev.parlance.engine.chat.template.value.TextSearch;
import dev.parlance.engine.chat.template.value.TupleValue;
import dev.parlance.engine.chat.template.value.Value;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/** The methods of Python's {@code str}. */
final class TextMethods {
    private static final Text SPACE = Text.trusted(" ");

    /** A method on its receiver. */
    @FunctionalInterface
    private interface Method {
        Value call(Evaluator evaluator, Text self, Arguments arguments);
    }

    private static final Map<String, Method> METHODS = methods();

    private TextMethods() {}

    static @Nullable Function<Arguments, Value> find(Evaluator evaluator, Text self, String name) {
        Method method = METHODS.get(name);
        if (method == null) {
            return null;
        }
        return arguments -> {
            evaluator.meter().search(self);
            return method.call(evaluator, self, arguments);
        };
    }

    private static Map<String, Method> methods() {
        Map<String, Method> all = new HashMap<>();
        changes(all);
        splits(all);
        layouts(all);
        questions(all);
        all.put("join", TextMethods::join);
        all.put("replace", TextMethods::replace);
        all.put("format", (e, self, a) -> StringFormat.format(self, a, lookup(e)));
        all.put("format_map", TextMethods::formatMap);
        all.put(
                "encode",
                (_, _, _) -> {
                    throw JinjaException.operation(
                            "encode() is not supported: templates have no bytes");
                });
        return Map.copyOf(all);
    }

    private static void changes(Map<String, Method> all) {
        all.put("upper", noArguments(TextOperations::upper));
        all.put("lower", noArguments(TextOperations::lower));
        all.put("casefold", noArguments(TextOperations::caseFold));
        all.put("title", noArguments(TextOperations::title));
        all.put("capitalize", noArguments(TextOperations::capitalize));
        all.put("swapcase", noArguments(TextOperations::swapCase));
        all.put("strip", (_, self, a) -> strip("strip", self, a, Ends.BOTH));
        all.put("lstrip", (_, self, a) -> strip("lstrip", self, a, Ends.LEFT));
        all.put("rstrip", (_, self, a) -> strip("rstrip", self, a, Ends.RIGHT));
        all.put(
                "removeprefix",
                (_, self, a) -> {
                    Text prefix = a.bindPositional("removeprefix", "prefix").text(0);
                    return self.chars().startsWith(prefix.chars())
                            ? self.slice(prefix.length())
                            : self;
                });
        all.put(
                "removesuffix",
                (_, self, a) -> {
                    Text suffix = a.bindPositional("removesuffix", "suffix").text(0);
                    return self.chars().endsWith(suffix.chars())
                            ? self.slice(0, self.length() - suffix.length())
                            : self;
                });
    }

    private static Method noArguments(Function<Text, Text> change) {
        return (_, self, arguments) -> {
            arguments.bindPositional("the method");
            return change.apply(self);
        };
    }

    private static Value strip(String name, Text self, Arguments arguments, Ends ends) {
        return TextOperations.strip(
                self, textOrNone(arguments.bindPositional(name, "chars"), 0), ends);
    }

    private static @Nullable Text textOrNone(Arguments.Bound bound, int index) {
        Value value = bound.find(index);
        return value == null || value == NoneValue.NONE ? null : bound.text(index);
    }

    private static void splits(Map<String, Method> all) {
        all.put(
                "split",
                (_, self, a) -> {
                    Arguments.Bound bound = a.bind("split", "sep", "maxsplit");
                    return ListValue.of(
                            TextOperations.split(self, textOrNone(bound, 0), bound.integer(1, -1)));
                });
        all.put(
                "rsplit",
                (_, self, a) -> {
                    Arguments.Bound bound = a.bind("rsplit", "sep", "maxsplit");
                    return ListValue.of(
                            TextOperations.splitFromRight(
                                    self, textOrNone(bound, 0), bound.integer(1, -1)));
                });
        all.put(
                "splitlines",
                (_, self, a) ->
                        ListValue.of(
                                TextOperations.splitLines(
                                        self,
                                        a.bind("splitlines", "keepends").integer(0, 0) != 0)));
        all.put("partition", (_, self, a) -> partition("partition", self, a, false));
        all.put("rpartition", (_, self, a) -> partition("rpartition", self, a, true));
    }

    private static Value partition(String name, Text self, Arguments arguments, boolean last) {
        Text separator = arguments.bindPositional(name, "sep").text(0);
        if (separator.isEmpty()) {
            throw JinjaException.operation("empty separator");
        }
        int at =
                last
                        ? TextSearch.last(self, separator, 0, self.length())
                        : TextSearch.first(self, separator, 0, self.length());
        Text none = Text.EMPTY.asMarkup(self.isMarkup());
        if (at < 0) {
            return last ? TupleValue.of(none, none, self) : TupleValue.of(self, none, none);
        }
        int behind = at + separator.length();
        return TupleValue.of(self.slice(0, at), self.slice(at, behind), self.slice(behind));
    }

    private static void layouts(Map<String, Method> all) {
        all.put(
                "center",
                (_, self, a) -> {
                    Arguments.Bound bound = a.bindPositional("center", "width", "fillchar");
                    return TextOperations.center(self, bound.integer(0), bound.text(1, SPACE));
                });
        all.put(
                "ljust",
                (_, self, a) -> {
                    Arguments.Bound bound = a.bindPositional("ljust", "width", "fillchar");
                    int missing = bound.integer(0) - self.codePointCount();
                    return TextOperations.pad(
                            self, bound.integer(0), bound.text(1, SPACE), 0, missing);
                });
        all.put(
                "rjust",
                (_, self, a) -> {
                    Arguments.Bound bound = a.bindPositional("rjust", "width", "fillchar");
                    int missing = bound.integer(0) - self.codePointCount();
                    return TextOperations.pad(
                            self, bound.integer(0), bound.text(1, SPACE), missing, 0);
                });
        all.put(
                "zfill",
                (_, self, a) -> {
                    int width = a.bindPositional("zfill", "width").integer(0);
                    return TextOperations.fillZeros(self, width);
                });
        all.put(
                "expandtabs",
                (_, self, a) ->
                        TextOperations.expandTabs(
                                self, a.bind("expandtabs", "tabsize").integer(0, 8)));
    }

    private static void questions(Map<String, Method> all) {
        all.put("startswith", (e, self, a) -> affix(e, "startswith", self, a, true));
        all.put("endswith", (e, self, a) -> affix(e, "endswith", self, a, false));
        all.put("find", (_, self, a) -> position("find", self, a, false, false));
        all.put("rfind", (_, self, a) -> position("rfind", self, a, true, false));
        all.put("index", (_, self, a) -> position("index", self, a, false, true));
        all.put("rindex", (_, self, a) -> position("rindex", self, a, true, true));
        all.put(
                "count",
                (_, self, a) -> {
                    Arguments.Bound bound = a.bindPositional("count", "sub", "start", "end");
                    TextSearch.Window window =
                            TextSearch.window(self, bound.find(1), bound.find(2));
                    return IntegerValue.of(TextSearch.count(self, bound.text(0), window));
                });
        all.put("isalpha", all(Characters::isAlpha));
        all.put("isalnum", all(Characters::isAlphanumeric));
        all.put("isdecimal", all(Characters::isDecimal));
        all.put("isdigit", all(Characters::isDigit));
        all.put("isnumeric", all(Characters::isNumeric));
        all.put("isspace", all(Characters::isSpace));
        all.put("isascii", question(chars -> chars.chars().allMatch(c -> c < 0x80)));
        all.put(
                "isprintable",
                question(chars -> chars.codePoints().allMatch(Characters::isPrintable)));
        all.put("isidentifier", question(Characters::isIdentifier));
        all.put("isupper", question(TextSearch::isUpper));
        all.put("islower", question(TextSearch::isLower));
        all.put("istitle", question(TextSearch::isTitle));
    }

    private static Method question(Predicate<String> predicate) {
        return (_, self, arguments) -> {
            arguments.bindPositional("the method");
            return BooleanValue.of(predicate.test(self.chars()));
        };
    }

    private static Method all(IntPredicate isOfClass) {
        return question(chars -> Characters.all(chars, isOfClass));
    }

    private static Value affix(
            Evaluator evaluator, String name, Text self, Arguments arguments, boolean start) {
        Arguments.Bound bound = arguments.bindPositional(name, "affix", "start", "end");
        TextSearch.Window window = TextSearch.window(self, bound.find(1), bound.find(2));
        List<Value> affixes =
                bound.require(0) instanceof TupleValue tuple
                        ? tuple.items()
                        : List.of(bound.text(0));
        for (Value affix : affixes) {
            evaluator.meter().visit(affix);
            if (!(affix instanceof Text text)) {
                throw JinjaException.operation(
                        "tuple for " + name + " must only contain str, not " + affix.typeName());
            }
            if (window.fits(text)
                    && self.chars()
                            .startsWith(
                                    text.chars(),
                                    start ? window.from() : window.to() - text.length())) {
                return BooleanValue.TRUE;
            }
        }
        return BooleanValue.FALSE;
    }

    private static Value position(
            String name, Text self, Arguments arguments, boolean last, boolean required) {
        Arguments.Bound bound = arguments.bindPositional(name, "sub", "start", "end");
        TextSearch.Window window = TextSearch.window(self, bound.find(1), bound.find(2));
        Text part = bound.text(0);
        int at = -1;
        if (window.from() <= window.to()) {
            at =
                    last
                            ? TextSearch.last(self, part, window.from(), window.to())
                            : TextSearch.first(self, part, window.from(), window.to());
        }
        if (at < 0 && required) {
            throw JinjaException.operation("substring not found");
        }
        return IntegerValue.of(at < 0 ? -1 : self.codePointIndexOf(at));
    }

    private static Value join(Evaluator evaluator, Text self, Arguments arguments) {
        Iterator<Value> elements =
                evaluator.iterate(arguments.bindPositional("join", "iterable").require(0));
        if (!self.isMarkup()) {
            return TextOperations.join(self, elements);
        }
        List<Value> escaped = new ArrayList<>();
        elements.forEachRemaining(element -> escaped.add(Markup.escape(element)));
        return TextOperations.join(self, escaped.iterator()).asMarkup(true);
    }

    private static Value replace(Evaluator evaluator, Text self, Arguments arguments) {
        Arguments.Bound bound = arguments.bindPositional("replace", "old", "new", "count");
        Text replacement = self.isMarkup() ? Markup.escape(bound.require(1)) : bound.text(1);
        return TextOperations.replace(self, bound.text(0), replacement, bound.integer(2, -1))
                .asMarkup(self.isMarkup());
    }

    private static Value formatMap(Evaluator evaluator, Text self, Arguments arguments) {
        Value mapping = arguments.bindPositional("format_map", "mapping").require(0);
        if (!(mapping instanceof DictValue dict)) {
            throw JinjaException.operation("format_map() requires a mapping");
        }
        Map<String, Value> named = new LinkedHashMap<>();
        dict.entries()
                .forEach((key, value) -> {
                    if (key instanceof Text name) {
                        named.put(name.chars(), value);
                    }
                });
        return StringFormat.format(self, new Arguments(List.of(), named), lookup(evaluator));
    }

    private static StringFormat.Lookup lookup(Evaluator evaluator) {
        return new StringFormat.Lookup() {
            @Override
            public Value attribute(Value owner, String name) {
                return Attributes.attribute(evaluator, owner, name);
            }

            @Override
            public Value element(Value owner, Value key) {
                return Attributes.element(evaluator, owner, key);
            }
        };
    }
}
