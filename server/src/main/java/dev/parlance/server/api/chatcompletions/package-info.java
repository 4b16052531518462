/** {@code POST /v1/chat/completions}. Entry type: {@code ChatCompletionsEndpoint}. */
package dev.parlance.server.api.chatcompletions;
