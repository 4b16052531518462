/**
 * The Jinja subset that chat templates use, and how a conversation becomes prompt text. Entry type:
 * {@link dev.parlance.engine.chat.template.ChatTemplate}. Compiled templates are immutable and safe
 * for any thread.
 *
 * <p>The language lives in three packages that are not exported: {@code syntax} (source to tree),
 * {@code value} (Python's values, with marks of who wrote which character) and {@code runtime} (the
 * interpreter and its limits). Only this package knows conversations.
 */
package dev.parlance.engine.chat.template;
