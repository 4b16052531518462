// LangChain's chat model for OpenAI's API, with OpenAI's SDK inside.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ContextOverflowError } from '@langchain/core/errors';
import { ChatOpenAI } from '@langchain/openai';

import { fulfilsTheContract, GREETING, MAX_TOKENS, WITHOUT_END } from './contract.js';
import { MODEL, SERVER } from './server.js';

const chat = (baseURL, maxRetries, fields) =>
  new ChatOpenAI({ apiKey: 'unused', maxRetries, configuration: { baseURL }, ...fields });

const answer = (message) => ({
  text: message.content,
  finishReason: message.response_metadata.finish_reason,
  promptTokens: message.usage_metadata.input_tokens,
  completionTokens: message.usage_metadata.output_tokens,
});

fulfilsTheContract({
  connect(baseURL, retries) {
    const model = (question, fields) =>
      chat(baseURL, retries, {
        model: question.model,
        temperature: question.temperature,
        stop: question.stop && [question.stop],
        maxTokens: MAX_TOKENS,
        ...fields,
      });

    return {
      async ask(question) {
        return answer(await model(question).invoke(question.text));
      },
      async stream(question) {
        let whole;
        for await (const chunk of await model(question).stream(question.text)) {
          whole = whole ? whole.concat(chunk) : chunk;
        }
        return answer(whole);
      },
      async leaveAfterTheFirstPiece(question) {
        const endless = model(question, { maxTokens: WITHOUT_END, modelKwargs: { ignore_eos: true } });
        for await (const _ of await endless.stream(question.text)) {
          break;
        }
      },
    };
  },
  assertError(error, status) {
    if (/context length/.test(error.message)) {
      assert.ok(ContextOverflowError.isInstance(error));
      return;
    }
    assert.equal(error.status, status, `${error.constructor.name}: ${error.message}`);
    const codes = { 404: 'MODEL_NOT_FOUND', 429: 'MODEL_RATE_LIMIT' };
    assert.equal(error.lc_error_code, codes[status]);
  },
  // It has a schedule of its own.
  waitsAsToldTo: false,
});

test('reads log probabilities', async () => {
  const model = chat(`${SERVER}/v1`, 0, { model: MODEL, temperature: 0, logprobs: true, topLogprobs: 3 });

  const message = await model.invoke(GREETING);

  const tokens = message.response_metadata.logprobs.content;
  assert.equal(tokens[0].top_logprobs.length, 3);
});

test('asks for several answers', async () => {
  const model = chat(`${SERVER}/v1`, 0, { model: MODEL, temperature: 0, n: 2 });

  const { generations } = await model.generate([[['human', GREETING]]]);

  assert.equal(generations[0].length, 2);
  assert.equal(generations[0][0].text, generations[0][1].text);
});
