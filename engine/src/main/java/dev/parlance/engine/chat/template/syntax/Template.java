package dev.parlance.engine.chat.template.syntax;

import java.util.List;

/** A parsed template. */
public record Template(List<Statement> body, ScopeLayout scope) {}
