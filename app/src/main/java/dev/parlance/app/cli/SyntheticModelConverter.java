package dev.parlance.app.cli;

import dev.parlance.app.synthetic.SyntheticModel;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** Reads the name of a synthetic model, {@code llama-1b:Q4_0}. */
final class SyntheticModelConverter implements ITypeConverter<SyntheticModel> {
    @Override
    public SyntheticModel convert(String value) {
        try {
            return SyntheticModel.named(value);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(String.valueOf(e.getMessage()));
        }
    }

    /**
     * The model with as many tokens as {@code --vocabulary} says, if it says anything.
     *
     * @throws ParameterException if it cannot have as many
     */
    static SyntheticModel withVocabulary(
            CommandSpec spec, SyntheticModel model, @Nullable Integer tokens) {
        try {
            return tokens == null ? model : model.withVocabulary(tokens);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--vocabulary: " + e.getMessage());
        }
    }
}
