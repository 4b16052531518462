package dev.parlance.app.cli;

import picocli.CommandLine.Model.OptionSpec;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.util.Optional;

/** What is written beside an option besides picocli's annotation. */
final class Declaration {
    private Declaration() {}

    static <A extends Annotation> Optional<A> of(OptionSpec option, Class<A> annotation) {
        return option.userObject() instanceof AnnotatedElement field
                ? Optional.ofNullable(field.getAnnotation(annotation))
                : Optional.empty();
    }
}
