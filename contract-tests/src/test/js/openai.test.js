// OpenAI's official SDK for JavaScript. It does not ask without a key.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import OpenAI from 'openai';

import { CHOICES, fulfilsTheContract, GREETING, MAX_TOKENS, WITHOUT_END } from './contract.js';
import { KEYS, MODEL, SERVER } from './server.js';

const ERRORS = {
  400: OpenAI.BadRequestError,
  401: OpenAI.AuthenticationError,
  404: OpenAI.NotFoundError,
  429: OpenAI.RateLimitError,
  503: OpenAI.InternalServerError,
  504: OpenAI.InternalServerError,
};

const body = ({ model, text, temperature, stop }) => ({
  model,
  messages: [{ role: 'user', content: text }],
  temperature,
  stop,
  max_completion_tokens: MAX_TOKENS,
});

const answer = (text, finishReason, usage) => ({
  text,
  finishReason,
  promptTokens: usage.prompt_tokens,
  completionTokens: usage.completion_tokens,
});

fulfilsTheContract({
  connect(access) {
    const client = new OpenAI(access);
    return {
      async ask(question) {
        const completion = await client.chat.completions.create(body(question));
        const [choice] = completion.choices;
        return answer(choice.message.content, choice.finish_reason, completion.usage);
      },
      async stream(question) {
        const stream = client.chat.completions.stream({
          ...body(question),
          stream_options: { include_usage: true },
        });
        const completion = await stream.finalChatCompletion();
        const [choice] = completion.choices;
        return answer(choice.message.content, choice.finish_reason, completion.usage);
      },
      async leaveAfterTheFirstPiece(question) {
        const stream = await client.chat.completions.create({
          ...body(question),
          max_completion_tokens: WITHOUT_END,
          ignore_eos: true,
          stream: true,
        });
        for await (const _ of stream) {
          break;
        }
      },
      async giveUp(question, timeout) {
        const endless = { ...body(question), max_completion_tokens: WITHOUT_END, ignore_eos: true, n: CHOICES };
        await client.chat.completions.create(endless, { timeout });
      },
      async headerOfAnswer(question, name) {
        const { response } = await client.chat.completions.create(body(question)).withResponse();
        return response.headers.get(name);
      },
      async models() {
        const models = await client.models.list();
        return models.data.map((model) => model.id);
      },
    };
  },
  assertError(error, status) {
    assert.ok(error instanceof ERRORS[status], `${error.constructor.name}: ${error.message}`);
    assert.equal(error.status, status);
  },
  asksWithoutAKey: false,
  headerOfError: (error, name) => error.headers.get(name),
  waitsAsToldTo: true,
  obeysShouldRetry: true,
});

const client = new OpenAI({ baseURL: `${SERVER}/v1`, apiKey: KEYS.any, maxRetries: 0 });

test('asks for several answers with log probabilities', async () => {
  const completion = await client.chat.completions.create({
    model: MODEL,
    messages: [{ role: 'user', content: GREETING }],
    temperature: 0,
    n: 2,
    logprobs: true,
    top_logprobs: 3,
  });

  assert.deepEqual(completion.choices.map((choice) => choice.index), [0, 1]);
  for (const choice of completion.choices) {
    const tokens = choice.logprobs.content;
    const bytes = tokens.flatMap((token) => token.bytes);
    assert.ok(Buffer.from(bytes).toString().startsWith(choice.message.content));
    assert.ok(tokens.every((token) => token.top_logprobs.length === 3));
  }
});

test('completes, whole and streamed', async () => {
  const params = { model: MODEL, prompt: 'Once upon a time', max_tokens: 8, temperature: 0, logprobs: 2 };
  const whole = await client.completions.create(params);

  let streamed = '';
  for await (const chunk of await client.completions.create({ ...params, stream: true })) {
    streamed += chunk.choices[0].text;
  }
  assert.equal(streamed, whole.choices[0].text);
  assert.equal(whole.choices[0].logprobs.tokens.length, whole.usage.completion_tokens);
});

test('retrieves a model', async () => {
  assert.equal((await client.models.retrieve(MODEL)).id, MODEL);
});

test('an error names its param, type and code', async () => {
  await assert.rejects(client.chat.completions.create({ model: MODEL, messages: [] }), (error) => {
    assert.equal(error.param, 'messages');
    assert.equal(error.type, 'invalid_request_error');
    assert.ok(error.code);
    return true;
  });
});
