package dev.parlance.app.cli;

import dev.parlance.engine.gguf.GgmlType;
import dev.parlance.engine.gguf.GgufFile;
import dev.parlance.engine.gguf.GgufTensorInfo;
import dev.parlance.engine.gguf.GgufValue;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A GGUF file as text for people.
 *
 * <p>Strings from the file are shown without control characters, which could do things to a
 * terminal.
 *
 * @param maxValues longer arrays are shortened to this many values
 */
record TextListing(int maxValues) {
    private static final int MAX_TEXT_CHARS = 100;

    String of(GgufFile file) {
        StringBuilder text = new StringBuilder();
        text.append(
                String.format(
                        Locale.ROOT,
                        "%s: GGUF version %d, %d metadata values, %d tensors%n%nMetadata%n",
                        file.location(),
                        file.version(),
                        file.metadata().values().size(),
                        file.tensors().size()));
        int keyWidth =
                file.metadata().values().keySet().stream()
                        .mapToInt(String::length)
                        .filter(length -> length <= 48)
                        .max()
                        .orElse(1);
        file.metadata()
                .values()
                .forEach((key, value) ->
                        text.append(
                                String.format(
                                        Locale.ROOT,
                                        "  %-" + keyWidth + "s  %s%n",
                                        printable(key),
                                        show(value))));
        text.append(System.lineSeparator());
        appendTensors(text, List.copyOf(file.tensors().values()));
        return text.toString();
    }

    private static void appendTensors(StringBuilder text, List<GgufTensorInfo> tensors) {
        if (tensors.isEmpty()) {
            text.append("No tensors: the file holds a vocabulary only")
                    .append(System.lineSeparator());
            return;
        }
        text.append("Tensors").append(System.lineSeparator());
        int nameWidth = tensors.stream().mapToInt(tensor -> tensor.name().length()).max().orElse(1);
        Map<GgmlType, Long> bytesByType = new EnumMap<>(GgmlType.class);
        long values = 0;
        for (GgufTensorInfo tensor : tensors) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            "  %-" + nameWidth + "s  %-7s  %12s  %s%n",
                            printable(tensor.name()),
                            tensor.type(),
                            bytes(tensor.sizeBytes()),
                            tensor.shape()));
            bytesByType.merge(tensor.type(), tensor.sizeBytes(), Long::sum);
            values += tensor.valueCount();
        }
        text.append(
                String.format(
                        Locale.ROOT,
                        "%nTotal: %,d parameters in %s (%s)%n",
                        values,
                        bytes(bytesByType.values().stream().mapToLong(Long::longValue).sum()),
                        bytesByType.entrySet().stream()
                                .map(entry -> entry.getKey() + " " + bytes(entry.getValue()))
                                .collect(Collectors.joining(", "))));
    }

    private String show(GgufValue value) {
        return switch (value) {
            case GgufValue.Int(var integer) -> Long.toString(integer);
            case GgufValue.Float(var number) -> Floats.text(number);
            case GgufValue.Bool(var flag) -> Boolean.toString(flag);
            case GgufValue.Text(var text) -> quote(text);
            case GgufValue.IntArray(var integers) ->
                    array(integers.length, i -> Long.toString(integers[i]));
            case GgufValue.FloatArray(var floats) ->
                    array(floats.length, i -> Float.toString(floats[i]));
            case GgufValue.BoolArray(var flags) ->
                    array(flags.length, i -> Boolean.toString(flags[i]));
            case GgufValue.TextArray(var texts) -> array(texts.size(), i -> quote(texts.get(i)));
            case GgufValue.Nested(var values) -> array(values.size(), i -> show(values.get(i)));
        };
    }

    private String array(int length, IntFunction<String> element) {
        String shown =
                IntStream.range(0, Math.min(length, maxValues))
                        .mapToObj(element)
                        .collect(Collectors.joining(", "));
        if (length <= maxValues) {
            return "[" + shown + "]";
        }
        return "[" + shown + (shown.isEmpty() ? "" : ", ") + "… " + length + " values]";
    }

    private static String quote(String text) {
        return text.length() <= MAX_TEXT_CHARS
                ? '"' + printable(text) + '"'
                : '"'
                        + printable(text.substring(0, MAX_TEXT_CHARS))
                        + "…\" ("
                        + text.length()
                        + " characters)";
    }

    /** The text with line ends and other control characters as escapes. */
    static String printable(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints()
                .forEach(codePoint -> {
                    switch (codePoint) {
                        case '\n' -> shown.append("\\n");
                        case '\r' -> shown.append("\\r");
                        case '\t' -> shown.append("\\t");
                        default -> {
                            if (isHarmless(codePoint)) {
                                shown.appendCodePoint(codePoint);
                            } else {
                                shown.append(String.format(Locale.ROOT, "\\u%04x", codePoint));
                            }
                        }
                    }
                });
        return shown.toString();
    }

    private static boolean isHarmless(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    false;
            default -> true;
        };
    }

    private static String bytes(long count) {
        return count < 10_000
                ? count + " B"
                : String.format(Locale.ROOT, "%.2f MiB", count / 1024.0 / 1024.0);
    }
}
