/**
 * Conversations with a model, wherever it is: in this process or behind an OpenAI-compatible
 * server. Entry type: {@link dev.parlance.app.chat.ChatPartner}. Knows neither terminal nor
 * commands.
 */
package dev.parlance.app.chat;
