// What every client in JavaScript can do and must see; ClientContract is the same for Java.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { awaitMetric, metric, MODEL, occupy, SERVER, STOPPING_SERVER } from './server.js';

export const GREETING = 'Hello! Who are you?';
export const MAX_TOKENS = 40;

/** So many tokens that nobody waits for the end. */
export const WITHOUT_END = 1000;

// More than one attempt needs, because a busy machine may be slow to make room.
const RETRIES = 5;

const ALMOST_A_SECOND_MS = 900;

/**
 * @param connect (baseURL, retries) => a client, with
 *   ask(question) and stream(question), which promise {text, finishReason, promptTokens, completionTokens},
 *   leaveAfterTheFirstPiece(question), which asks for WITHOUT_END tokens whatever ends of the answer there are, and
 *   models(), if it can list them.
 *   A question has model, text, temperature, and perhaps stop, a string.
 * @param assertError (error, status) asserts that the error is the client's own kind for the status
 * @param waitsAsToldTo whether the client waits as long as Retry-After says
 */
export function fulfilsTheContract({ connect, assertError, waitsAsToldTo }) {
  const question = { model: MODEL, text: GREETING, temperature: 0 };
  const client = connect(`${SERVER}/v1`, 0);

  const fails = async (answer, status, message) => {
    const error = await answer.then(
      () => assert.fail(`answered, but status ${status} was expected`),
      (thrown) => thrown,
    );
    assertError(error, status);
    assert.match(error.message, message);
  };

  test('answers', async () => {
    const answer = await client.ask(question);

    assert.match(answer.text, /Parlance/);
    assert.equal(answer.finishReason, 'stop');
    assert.ok(answer.promptTokens > 0);
    assert.ok(answer.completionTokens > 1 && answer.completionTokens <= MAX_TOKENS);
  });

  test('streams to the same answer', async () => {
    assert.deepEqual(await client.stream(question), await client.ask(question));
  });

  test('ends before a stop sequence', async () => {
    const { text } = await client.ask(question);
    const expected = text.slice(0, text.indexOf('Parlance'));
    const stopped = { ...question, stop: 'Parlance' };

    assert.equal((await client.ask(stopped)).text, expected);
    assert.equal((await client.stream(stopped)).text, expected);
  });

  test('lists the model', { skip: !client.models && 'it cannot list models' }, async () => {
    assert.deepEqual(await client.models(), [MODEL]);
  });

  test('an unknown model is not found', async () => {
    const unknown = { ...question, model: 'other' };

    await fails(client.ask(unknown), 404, /'other' does not exist/);
    await fails(client.stream(unknown), 404, /'other' does not exist/);
  });

  test('a value out of range is a bad request', async () => {
    await fails(client.ask({ ...question, temperature: 3 }), 400, /temperature/);
  });

  test('a prompt beyond the context is a bad request', async () => {
    await fails(client.stream({ ...question, text: 'tea '.repeat(3000) }), 400, /context/);
  });

  test('a full queue is a rate limit', async () => {
    const leave = await occupy();
    try {
      await fails(client.ask(question), 429, /wait/);
      await fails(client.stream(question), 429, /wait/);
    } finally {
      await leave();
    }
  });

  test('a client that tries again is answered when there is room', async () => {
    const rejected = await metric('parlance_requests_rejected_total');
    const leave = await occupy();
    const start = performance.now();
    try {
      const answer = connect(`${SERVER}/v1`, RETRIES).ask(question);
      await awaitMetric('parlance_requests_rejected_total', (now) => now > rejected);
      await leave();
      assert.match((await answer).text, /Parlance/);
    } finally {
      await leave();
    }
    if (waitsAsToldTo) {
      assert.ok(performance.now() - start > ALMOST_A_SECOND_MS, 'the server asked for a second');
    }
  });

  test('a server that stops is unavailable', async () => {
    await fails(connect(`${STOPPING_SERVER}/v1`, 0).ask(question), 503, /draining/);
  });

  test('who leaves ends the work', async () => {
    const cancelled = await metric('parlance_requests_cancelled_total');

    await client.leaveAfterTheFirstPiece(question);

    await awaitMetric('parlance_requests_cancelled_total', (now) => now > cancelled);
    await awaitMetric('parlance_requests_running', (running) => running === 0);
  });
}
