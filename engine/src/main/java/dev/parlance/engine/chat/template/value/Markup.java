package dev.parlance.engine.chat.template.value;

/** HTML escaping, as MarkupSafe does it for Jinja2. */
public final class Markup {
    private Markup() {}

    /** The value as Markup: escaped unless it already is Markup. */
    public static Text escape(Value value) {
        if (value instanceof Text text && text.isMarkup()) {
            return text;
        }
        return escapeAlways(Repr.str(value));
    }

    /** The text as Markup, escaped even if it is Markup already. */
    public static Text escapeAlways(Text text) {
        boolean plain =
                text.chars()
                        .chars()
                        .noneMatch(c -> c == '&' || c == '<' || c == '>' || c == '"' || c == '\'');
        if (plain) {
            return text.asMarkup(true);
        }
        TextBuilder out = new TextBuilder();
        text.forEachRun((run, trusted) -> out.append(escaped(run), trusted == 1));
        return out.build().asMarkup(true);
    }

    private static String escaped(String chars) {
        return chars.replace("&", "&amp;")
                .replace(">", "&gt;")
                .replace("<", "&lt;")
                .replace("'", "&#39;")
                .replace("\"", "&#34;");
    }
}
