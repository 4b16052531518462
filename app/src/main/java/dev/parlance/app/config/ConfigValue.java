package dev.parlance.app.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A value of a configuration file, and where it stands. */
public sealed interface ConfigValue {
    /** The line of the key that has this value; of an item of a list, its own line. */
    Place place();

    /** What this is, for messages. */
    String what();

    /**
     * A number, a word, a text: exactly as it is written, for whoever knows its type.
     *
     * @param text empty only where the file says {@code ''}
     */
    record Text(String text, Place place) implements ConfigValue {
        @Override
        public String what() {
            return "'" + text + "'";
        }
    }

    /** A list. */
    record Items(List<ConfigValue> values, Place place) implements ConfigValue {
        public Items {
            values = List.copyOf(values);
        }

        @Override
        public String what() {
            return "a list";
        }
    }

    /** Keys with values, in the order of the file. */
    record Section(Map<String, ConfigValue> values, Place place) implements ConfigValue {
        public Section {
            values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        }

        @Override
        public String what() {
            return "a section of keys";
        }
    }
}
