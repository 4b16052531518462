/**
 * The values of the template language and what Python does with them: text with marks of origin,
 * numbers, containers, operators, formatting. Entry type: {@link
 * dev.parlance.engine.chat.template.value.Value}. Used by the template packages only. Values are
 * immutable but for namespaces, iterators and objects, which belong to one rendering.
 */
package dev.parlance.engine.chat.template.value;
