// LangChain's chat model for OpenAI's API, with OpenAI's SDK inside. It does not ask without a key, lists no models, shows no
// headers of an answer, and tries again after every 5xx.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ContextOverflowError } from '@langchain/core/errors';
import { ChatOpenAI } from '@langchain/openai';

import { CHOICES, fulfilsTheContract, GREETING, MAX_TOKENS, WITHOUT_END } from './contract.js';
import { KEYS, MODEL, SERVER } from './server.js';

const chat = ({ apiKey, maxRetries, ...configuration }, fields) =>
  new ChatOpenAI({ apiKey, maxRetries, configuration, ...fields });

const answer = (message) => ({
  text: message.content,
  finishReason: message.response_metadata.finish_reason,
  promptTokens: message.usage_metadata.input_tokens,
  completionTokens: message.usage_metadata.output_tokens,
});

fulfilsTheContract({
  connect(access) {
    const model = (question, fields) =>
      chat(access, {
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
      async giveUp(question, timeout) {
        const endless = { maxTokens: WITHOUT_END, modelKwargs: { ignore_eos: true }, n: CHOICES, timeout };
        await model(question, endless).invoke(question.text);
      },
    };
  },
  assertError(error, status) {
    if (/context length/.test(error.message)) {
      assert.ok(ContextOverflowError.isInstance(error));
      return;
    }
    assert.equal(error.status, status, `${error.constructor.name}: ${error.message}`);
    const codes = { 401: 'MODEL_AUTHENTICATION', 404: 'MODEL_NOT_FOUND', 429: 'MODEL_RATE_LIMIT' };
    assert.equal(error.lc_error_code, codes[status]);
  },
  asksWithoutAKey: false,
  headerOfError: (error, name) => error.headers.get(name),
  // It has a schedule of its own.
  waitsAsToldTo: false,
  obeysShouldRetry: false,
});

const access = { baseURL: `${SERVER}/v1`, apiKey: KEYS.any, maxRetries: 0 };

test('reads log probabilities', async () => {
  const model = chat(access, { model: MODEL, temperature: 0, logprobs: true, topLogprobs: 3 });

  const message = await model.invoke(GREETING);

  const tokens = message.response_metadata.logprobs.content;
  assert.equal(tokens[0].top_logprobs.length, 3);
});

test('asks for several answers', async () => {
  const model = chat(access, { model: MODEL, temperature: 0, n: 2 });

  const { generations } = await model.generate([[['human', GREETING]]]);

  assert.equal(generations[0].length, 2);
  assert.equal(generations[0][0].text, generations[0][1].text);
});
