/**
 * Runs parsed templates: interpreter, filters, tests, methods, global functions, limits. Entry
 * type: {@link dev.parlance.engine.chat.template.runtime.Program}. Used by {@code chat.template}
 * only. A program is immutable and safe for any thread; everything else belongs to one rendering.
 */
package dev.parlance.engine.chat.template.runtime;
