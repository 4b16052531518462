package dev.parlance.app.cli;

import picocli.CommandLine.Model.CommandSpec;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Guesses what a mistyped option or command was meant to be. */
final class Suggestion {
    private Suggestion() {}

    /** What is wrong with an argument that the command has no place for, and what may be meant. */
    static String explain(CommandSpec command, String argument) {
        if (argument.startsWith("-")) {
            String name = argument.replaceFirst("=.*", "");
            return "unknown option '" + name + "'" + hint(name, command.optionsMap().keySet());
        }
        Collection<String> commands = command.subcommands().keySet();
        if (commands.isEmpty()) {
            return "unexpected argument '" + argument + "'";
        }
        return "unknown command '"
                + argument
                + "'"
                + nearest(argument, commands)
                        .map(Suggestion::didYouMean)
                        .orElse("; there are " + String.join(", ", commands));
    }

    /** A question that ends a message, or nothing. */
    static String hint(String text, Collection<String> known) {
        return nearest(text, known).map(Suggestion::didYouMean).orElse("");
    }

    private static String didYouMean(String known) {
        return "; did you mean " + known + "?";
    }

    /** The known word that is few typing errors away, or that this is the beginning of. */
    static Optional<String> nearest(String text, Collection<String> known) {
        List<String> candidates = new ArrayList<>(known);
        candidates.removeIf(word ->
                distance(text, word) > Math.max(1, text.length() / 3)
                        && !(text.length() > 3 && word.startsWith(text)));
        return candidates.stream().min(Comparator.comparingInt(word -> distance(text, word)));
    }

    /**
     * How many letters to insert, remove, replace or swap with their neighbour to make one word the
     * other (Damerau 1964, in its restricted form).
     */
    private static int distance(String a, String b) {
        int[][] steps = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    steps[i][j] = i + j;
                    continue;
                }
                int replaced = steps[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                int best = Math.min(replaced, Math.min(steps[i - 1][j], steps[i][j - 1]) + 1);
                boolean swapped =
                        i > 1
                                && j > 1
                                && a.charAt(i - 1) == b.charAt(j - 2)
                                && a.charAt(i - 2) == b.charAt(j - 1);
                steps[i][j] = swapped ? Math.min(best, steps[i - 2][j - 2] + 1) : best;
            }
        }
        return steps[a.length()][b.length()];
    }
}
