package dev.parlance.app.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A table in Markdown that is also one to the eye. Threads: one at a time. */
public final class MarkdownTable {
    private final List<List<String>> rows = new ArrayList<>();
    private final int leftColumns;

    /**
     * @param leftColumns how many columns are aligned to the left; the others, of numbers, are not
     */
    public MarkdownTable(List<String> titles, int leftColumns) {
        rows.add(titles);
        this.leftColumns = leftColumns;
    }

    public void add(String... cells) {
        if (cells.length != rows.getFirst().size()) {
            throw new IllegalArgumentException(
                    "a row has " + rows.getFirst().size() + " cells, got " + cells.length);
        }
        rows.add(
                IntStream.range(0, cells.length)
                        .mapToObj(i -> cells[i].replace("|", "\\|"))
                        .toList());
    }

    @Override
    public String toString() {
        List<String> lines = new ArrayList<>();
        rows.forEach(row -> lines.add(line(column -> padded(row.get(column), column))));
        lines.add(1, line(this::rule));
        return lines.stream().collect(Collectors.joining(System.lineSeparator()))
                + System.lineSeparator();
    }

    private String line(IntFunction<String> cell) {
        return IntStream.range(0, rows.getFirst().size())
                .mapToObj(cell)
                .collect(Collectors.joining(" | ", "| ", " |"));
    }

    private String padded(String text, int column) {
        String space = " ".repeat(width(column) - length(text));
        return column < leftColumns ? text + space : space + text;
    }

    private String rule(int column) {
        return column < leftColumns
                ? "-".repeat(width(column))
                : "-".repeat(width(column) - 1) + ":";
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> length(row.get(column))).max().orElseThrow();
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
