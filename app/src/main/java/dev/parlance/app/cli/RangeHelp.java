package dev.parlance.app.cli;

import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi.Text;
import picocli.CommandLine.Model.CommandSpec;

/** Picocli's help, with the range of each option that declares one after its description. */
final class RangeHelp extends Help {
    RangeHelp(CommandSpec spec, ColorScheme colors) {
        super(spec, colors);
    }

    @Override
    public IOptionRenderer createDefaultOptionRenderer() {
        IOptionRenderer plain = super.createDefaultOptionRenderer();
        return (option, labels, colors) -> {
            Text[][] rows = plain.render(option, labels, colors);
            Range.text(option)
                    .ifPresent(range -> {
                        Text[] last = rows[rows.length - 1];
                        int description = last.length - 1;
                        last[description] =
                                last[description].concat(colors.text(" Range: " + range + "."));
                    });
            return rows;
        };
    }
}
