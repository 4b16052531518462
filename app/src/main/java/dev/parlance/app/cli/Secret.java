package dev.parlance.app.cli;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** An option whose value is never shown. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
@interface Secret {}
