package dev.parlance.app.config;

import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One YAML document as a tree. Made from the parser's events, not by the library's loader, so that
 * every value keeps its line and its spelling, and nothing refers to something else.
 */
final class YamlReader {
    /** Keys, a list, keys, a list, and some air. */
    private static final int MAX_DEPTH = 8;

    /** How YAML 1.2 writes that there is no value. */
    private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");

    private final String file;
    private final ParserImpl events;

    YamlReader(String file, String text) {
        this.file = file;
        LoadSettings settings = LoadSettings.builder().setLabel(file).build();
        this.events = new ParserImpl(settings, new StreamReader(settings, text));
    }

    /** The tree; null if the document is empty. */
    @Nullable ConfigValue document() {
        try {
            next(); // start of the stream
            if (next().getEventId() == Event.ID.StreamEnd) {
                return null;
            }
            Event root = next();
            ConfigValue value = isNull(root) ? null : value(root, place(root), 0);
            next(); // end of the document
            Event end = next();
            if (end.getEventId() != Event.ID.StreamEnd) {
                throw new ConfigException(place(end), "one document is all a file may have");
            }
            return value;
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(Mark::getLine).orElse(0) + 1;
            throw new ConfigException(new Place(file, line), problem(e));
        } catch (YamlEngineException e) {
            throw new ConfigException(file, "this is no YAML: " + e.getMessage());
        }
    }

    private static String problem(MarkedYamlEngineException e) {
        String context = e.getContext() == null ? "" : e.getContext() + ", ";
        int column = e.getProblemMark().map(Mark::getColumn).orElse(0) + 1;
        return "this is no YAML: " + context + e.getProblem() + " (column " + column + ")";
    }

    private Event next() {
        try {
            return events.next();
        } catch (IllegalArgumentException e) {
            // How the library fails on an escape that the end of the file cuts.
            throw new ConfigException(file, "this is no YAML: an escape is broken");
        }
    }

    private ConfigValue value(Event event, Place place, int depth) {
        checkPlain(event);
        return switch (event.getEventId()) {
            case Scalar -> new ConfigValue.Text(((ScalarEvent) event).getValue(), place);
            case SequenceStart -> items(place, deeper(place, depth));
            case MappingStart -> section(place, deeper(place, depth));
            default -> throw new IllegalStateException("unexpected event " + event);
        };
    }

    private static int deeper(Place place, int depth) {
        if (depth == MAX_DEPTH) {
            throw new ConfigException(place, "values are nested more than " + MAX_DEPTH + " deep");
        }
        return depth + 1;
    }

    private ConfigValue items(Place place, int depth) {
        List<ConfigValue> items = new ArrayList<>();
        for (Event event = next(); event.getEventId() != Event.ID.SequenceEnd; event = next()) {
            if (isNull(event)) {
                throw new ConfigException(place(event), "an item of the list is empty");
            }
            items.add(value(event, place(event), depth));
        }
        return new ConfigValue.Items(items, place);
    }

    private ConfigValue section(Place place, int depth) {
        Map<String, ConfigValue> values = new LinkedHashMap<>();
        for (Event event = next(); event.getEventId() != Event.ID.MappingEnd; event = next()) {
            Place at = place(event);
            checkPlain(event);
            if (!(event instanceof ScalarEvent key)) {
                throw new ConfigException(at, "a key is one word");
            }
            Event value = next();
            if (isNull(value)) {
                throw new ConfigException(at, "'" + key.getValue() + "' has no value");
            }
            ConfigValue earlier = values.get(key.getValue());
            if (earlier != null) {
                throw new ConfigException(
                        at,
                        "'"
                                + key.getValue()
                                + "' is given twice, first in line "
                                + earlier.place().line());
            }
            values.put(key.getValue(), value(value, at, depth));
        }
        return new ConfigValue.Section(values, place);
    }

    private static boolean isNull(Event event) {
        return event instanceof ScalarEvent scalar
                && scalar.isPlain()
                && NULLS.contains(scalar.getValue());
    }

    /** References could make a small file a huge tree, and tags name types of programs. */
    private void checkPlain(Event event) {
        if (event.getEventId() == Event.ID.Alias
                || event instanceof NodeEvent node && node.getAnchor().isPresent()) {
            throw new ConfigException(place(event), "anchors and aliases are not supported");
        }
        Optional<String> tag =
                switch (event) {
                    case ScalarEvent scalar -> scalar.getTag();
                    case CollectionStartEvent collection -> collection.getTag();
                    default -> Optional.empty();
                };
        if (tag.isPresent()) {
            throw new ConfigException(place(event), "tags are not supported, got " + tag.get());
        }
    }

    private Place place(Event event) {
        return new Place(file, event.getStartMark().map(Mark::getLine).orElse(0) + 1);
    }
}
