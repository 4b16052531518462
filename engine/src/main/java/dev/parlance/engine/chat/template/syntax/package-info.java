/**
 * From template source to a tree: lexer, parser, and which variables live in which scope. Entry
 * type: {@link dev.parlance.engine.chat.template.syntax.Parser}. Used by the template packages
 * only. The tree is immutable once parsed.
 */
package dev.parlance.engine.chat.template.syntax;
