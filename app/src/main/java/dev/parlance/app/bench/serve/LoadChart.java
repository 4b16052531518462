package dev.parlance.app.bench.serve;

import static dev.parlance.app.bench.serve.Numbers.format;
import static dev.parlance.app.bench.serve.Numbers.plain;

import dev.parlance.app.bench.serve.ServeOutcome.Point;
import dev.parlance.app.bench.serve.ServeOutcome.Server;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * A picture of speed and latency against load, as SVG: a small diagram for each figure, a colour
 * for each server; light or dark as its reader likes it.
 */
public final class LoadChart {
    private static final int WIDTH = 320;
    private static final int HEIGHT = 220;
    private static final int COLUMNS = 3;
    private static final int LEGEND_HEIGHT = 34;
    private static final int LEFT = 52;
    private static final int RIGHT = 24;
    private static final int TOP = 34;
    private static final int BOTTOM = 34;
    private static final int MAX_TICKS = 5;

    /** Told apart by most who do not see all colours (Okabe and Ito 2008). */
    private static final List<String> COLORS =
            List.of("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9");

    private static final String STYLE =
            """
            <style>
              text { font: 11px system-ui, sans-serif; fill: #24292f }
              .title { font-size: 13px; font-weight: 600 }
              .back { fill: #ffffff }
              .grid { stroke: #d8dee4 }
              .line { fill: none; stroke-width: 2 }
              .upper { stroke-dasharray: 4 3; stroke-width: 1.5 }
              @media (prefers-color-scheme: dark) {
                text { fill: #e6edf3 }
                .back { fill: #0d1117 }
                .grid { stroke: #30363d }
              }
            </style>
            """;

    private final List<Server> servers;
    private final List<String> loads;
    private final StringBuilder svg = new StringBuilder();

    private LoadChart(ServeOutcome outcome) {
        this.servers = outcome.servers();
        Set<String> names = new LinkedHashSet<>();
        servers.forEach(server -> server.points().forEach(point -> names.add(point.load())));
        this.loads = List.copyOf(names);
    }

    /** The whole file. */
    public static String svg(ServeOutcome outcome) {
        return new LoadChart(outcome).draw();
    }

    /**
     * One diagram.
     *
     * @param upperName what the dashed line is; empty: there is none
     */
    private record Panel(
            String title,
            String upperName,
            ToDoubleFunction<Point> value,
            ToDoubleFunction<Point> upper) {}

    private List<Panel> panels() {
        List<Panel> panels = new ArrayList<>();
        panels.add(
                new Panel(
                        "Output tokens/s",
                        "",
                        point -> point.median(run -> run.tally().outputTokensPerSecond()),
                        _ -> Double.NaN));
        Set<String> parts = new LinkedHashSet<>();
        servers.forEach(
                server -> server.points().forEach(point -> parts.addAll(point.parts().keySet())));
        for (String part : parts) {
            String of = part.isEmpty() ? "" : ": " + part;
            panels.add(
                    new Panel(
                            "First token, ms" + of,
                            "p95",
                            point -> times(point, part).firstToken().percentile(50),
                            point -> times(point, part).firstToken().percentile(95)));
            panels.add(
                    new Panel(
                            "Gap, ms" + of,
                            "p99",
                            point -> times(point, part).gap().percentile(50),
                            point -> times(point, part).gap().percentile(99)));
        }
        panels.removeIf(panel -> allPoints().mapToDouble(panel.value).allMatch(Double::isNaN));
        return panels;
    }

    private static Latencies times(Point point, String part) {
        return point.parts().getOrDefault(part, Latencies.of(List.of()));
    }

    private Stream<Point> allPoints() {
        return servers.stream().flatMap(server -> server.points().stream());
    }

    private String draw() {
        List<Panel> panels = panels();
        int columns = Math.min(COLUMNS, panels.size());
        int width = columns * WIDTH;
        int height = LEGEND_HEIGHT + (panels.size() + columns - 1) / columns * HEIGHT;
        svg.append(
                format(
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\""
                                + " width=\"%d\" height=\"%d\">%n",
                        width, height, width, height));
        svg.append(STYLE);
        svg.append("<rect class=\"back\" width=\"100%\" height=\"100%\"/>\n");
        legend();
        for (int i = 0; i < panels.size(); i++) {
            svg.append(
                    format(
                            "<g transform=\"translate(%d %d)\">%n",
                            i % columns * WIDTH, LEGEND_HEIGHT + i / columns * HEIGHT));
            draw(panels.get(i));
            svg.append("</g>\n");
        }
        return svg.append("</svg>\n").toString().replace(System.lineSeparator(), "\n");
    }

    private void legend() {
        int x = LEFT;
        for (int i = 0; i < servers.size(); i++) {
            String name = servers.get(i).target().name();
            svg.append(format("<circle cx=\"%d\" cy=\"20\" r=\"5\" fill=\"%s\"/>%n", x, color(i)));
            text(x + 10, 24, "start", "", name);
            x += 30 + 7 * name.length();
        }
    }

    private void draw(Panel panel) {
        text(LEFT, 18, "start", "title", panel.title);
        if (!panel.upperName.isEmpty()) {
            text(WIDTH - RIGHT, HEIGHT - 2, "end", "", "p50, dashed " + panel.upperName);
        }
        double max =
                allPoints()
                        .flatMapToDouble(point ->
                                DoubleStream.of(
                                        panel.value.applyAsDouble(point),
                                        panel.upper.applyAsDouble(point)))
                        .filter(Double::isFinite)
                        .max()
                        .orElse(0);
        double step = tickStep(max);
        double top = Math.max(step, Math.ceil(max / step) * step);
        for (double tick = 0; tick <= top + step / 2; tick += step) {
            double y = y(tick, top);
            svg.append(
                    format("<path class=\"grid\" d=\"M%d %.1fH%d\"/>%n", LEFT, y, WIDTH - RIGHT));
            text(LEFT - 6, y + 4, "end", "", plain(tick));
        }
        for (int i = 0; i < loads.size(); i++) {
            text(x(i), HEIGHT - BOTTOM + 16, "middle", "", loads.get(i));
        }
        for (int i = 0; i < servers.size(); i++) {
            line(servers.get(i), panel.upper, top, "line upper", color(i));
            line(servers.get(i), panel.value, top, "line", color(i));
        }
    }

    /** The smallest of 1, 2, 5, 10, … that needs no more than {@link #MAX_TICKS} to the maximum. */
    static double tickStep(double max) {
        if (!(max > 0)) {
            return 1;
        }
        double power = Math.pow(10, Math.floor(Math.log10(max / MAX_TICKS)));
        return DoubleStream.of(1, 2, 5, 10)
                .map(factor -> factor * power)
                .filter(step -> max / step <= MAX_TICKS)
                .findFirst()
                .orElse(10 * power);
    }

    private void line(
            Server server, ToDoubleFunction<Point> value, double top, String type, String color) {
        StringBuilder path = new StringBuilder();
        StringBuilder dots = new StringBuilder();
        for (Point point : server.points()) {
            double height = value.applyAsDouble(point);
            if (!Double.isFinite(height)) {
                continue;
            }
            double x = x(loads.indexOf(point.load()));
            path.append(format("%s%.1f %.1f", path.isEmpty() ? "M" : "L", x, y(height, top)));
            dots.append(
                    format(
                            "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"><title>%s</title>"
                                    + "</circle>%n",
                            x,
                            y(height, top),
                            color,
                            escape(
                                    server.target().name()
                                            + ", "
                                            + point.load()
                                            + ": "
                                            + plain(height))));
        }
        if (!path.isEmpty()) {
            svg.append(format("<path class=\"%s\" stroke=\"%s\" d=\"%s\"/>%n", type, color, path));
            svg.append(dots);
        }
    }

    private double x(int load) {
        return LEFT + (WIDTH - LEFT - RIGHT) * (load + 0.5) / loads.size();
    }

    private static double y(double value, double top) {
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top;
    }

    private static String color(int server) {
        return COLORS.get(server % COLORS.size());
    }

    private void text(double x, double y, String anchor, String type, String text) {
        svg.append(
                format(
                        "<text x=\"%s\" y=\"%s\" text-anchor=\"%s\"%s>%s</text>%n",
                        format("%.1f", x),
                        format("%.1f", y),
                        anchor,
                        type.isEmpty() ? "" : " class=\"" + type + "\"",
                        escape(text)));
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
