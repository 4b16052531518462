// Vercel's AI SDK with its provider for OpenAI-compatible servers. It shows one answer, without log probabilities, lists no
// models, and tries again after every 5xx.

import assert from 'node:assert/strict';

import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError, generateText, RetryError, streamText } from 'ai';

import { CHOICES, fulfilsTheContract, MAX_TOKENS, WITHOUT_END } from './contract.js';

fulfilsTheContract({
  connect({ maxRetries, ...access }) {
    const provider = createOpenAICompatible({ name: 'parlance', includeUsage: true, ...access });

    const request = ({ model, text, temperature, stop }) => ({
      model: provider(model),
      prompt: text,
      temperature,
      stopSequences: stop && [stop],
      maxOutputTokens: MAX_TOKENS,
      maxRetries,
      onError() {}, // or it prints what the parts of the stream say, too
    });

    const answer = (text, finishReason, usage) => ({
      text, finishReason, promptTokens: usage.inputTokens, completionTokens: usage.outputTokens,
    });

    return {
      async ask(question) {
        const { text, finishReason, usage } = await generateText(request(question));
        return answer(text, finishReason, usage);
      },
      async stream(question) {
        let text = '';
        for await (const part of streamText(request(question)).fullStream) {
          switch (part.type) {
            case 'text-delta':
              text += part.text;
              break;
            case 'error':
              throw part.error;
            case 'finish':
              return answer(text, part.finishReason, part.totalUsage);
          }
        }
        return assert.fail('the stream has no end');
      },
      async leaveAfterTheFirstPiece(question) {
        const leaving = new AbortController();
        const { textStream } = streamText({
          ...request(question),
          maxOutputTokens: WITHOUT_END,
          providerOptions: { parlance: { ignore_eos: true } },
          abortSignal: leaving.signal,
        });
        for await (const _ of textStream) {
          leaving.abort();
        }
      },
      async giveUp(question, ms) {
        await generateText({
          ...request(question),
          maxOutputTokens: WITHOUT_END,
          providerOptions: { parlance: { ignore_eos: true, n: CHOICES } },
          abortSignal: AbortSignal.timeout(ms),
        });
      },
      async headerOfAnswer(question, name) {
        const { response } = await generateText(request(question));
        return response.headers[name];
      },
    };
  },
  assertError(thrown, status) {
    const error = RetryError.isInstance(thrown) ? thrown.lastError : thrown;
    assert.ok(APICallError.isInstance(error), `${error.constructor.name}: ${error.message}`);
    assert.equal(error.statusCode, status);
    assert.equal(error.isRetryable, status >= 429);
  },
  asksWithoutAKey: true,
  headerOfError: (error, name) => error.responseHeaders[name],
  waitsAsToldTo: true,
  obeysShouldRetry: false,
});
