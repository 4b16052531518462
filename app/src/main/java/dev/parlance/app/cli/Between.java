package dev.parlance.app.cli;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The range of an option's number, or of each number of a list. Written beside the option, it is
 * checked before the command runs, and told by the help and the documents.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
@interface Between {
    long min();

    /** {@link Integer#MAX_VALUE} is no limit worth a word. */
    long max() default Integer.MAX_VALUE;
}
