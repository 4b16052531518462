package dev.parlance.app.cli;

import dev.parlance.engine.Speculation;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code none} or {@code prompt-lookup}. */
final class SpeculationConverter implements ITypeConverter<Speculation> {
    @Override
    public Speculation convert(String value) {
        return switch (value) {
            case "none" -> Speculation.NONE;
            case "prompt-lookup" -> Speculation.PROMPT_LOOKUP;
            default ->
                    throw new TypeConversionException(
                            "'" + value + "' is neither none nor prompt-lookup");
        };
    }
}
