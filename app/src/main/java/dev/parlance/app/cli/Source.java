package dev.parlance.app.cli;

import dev.parlance.app.config.Place;

import picocli.CommandLine.Model.OptionSpec;

/** Where an option's value comes from; as text, what a person looks for to change it. */
sealed interface Source {
    /** A key of the configuration file. */
    record InFile(Place place) implements Source {
        @Override
        public String toString() {
            return place.toString();
        }
    }

    /** An environment variable. */
    record InEnvironment(String variable) implements Source {
        @Override
        public String toString() {
            return variable;
        }
    }

    /** The command line. */
    record OnCommandLine(String option) implements Source {
        @Override
        public String toString() {
            return option;
        }
    }

    /** Nowhere: the default. */
    record Default() implements Source {
        @Override
        public String toString() {
            return "default";
        }
    }

    /** A message about an option, in the words of whoever gave it this way. */
    default String explain(String message, OptionSpec option) {
        String name = option.longestName();
        return switch (this) {
            case InFile(Place place) -> place + ": " + message.replace(name, Settings.key(option));
            case InEnvironment(String variable) -> message.replace(name, variable);
            case OnCommandLine _, Default _ -> message;
        };
    }
}
