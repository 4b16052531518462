package dev.parlance.engine.chat.template.syntax;

import java.util.List;

/** What can be assigned to. */
public sealed interface Target {
    record Variable(String name) implements Target {}

    /** {@code namespace.attribute} */
    record NamespaceAttribute(String namespace, String attribute) implements Target {}

    /** Several targets that a value is unpacked into. */
    record Several(List<Target> targets) implements Target {}
}
