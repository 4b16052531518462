// What every client in JavaScript can do and must see; ClientContract is the same for Java.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  awaitMetric, IMPATIENT_SERVER, KEYS, metric, MODEL, occupy, occupyKey, SERVER, STOPPING_SERVER, useUp,
} from './server.js';

export const GREETING = 'Hello! Who are you?';
export const MAX_TOKENS = 40;

/** So many tokens that nobody waits for the end, and so many such answers at once. */
export const WITHOUT_END = 1000;
export const CHOICES = 128;

// More than one attempt needs, because a busy machine may be slow to make room.
const RETRIES = 5;

const ALMOST_A_SECOND_MS = 900;

/**
 * @param connect ({baseURL, apiKey, maxRetries, fetch}) => a client, with
 *   ask(question) and stream(question), which promise {text, finishReason, promptTokens, completionTokens},
 *   leaveAfterTheFirstPiece(question), which asks for WITHOUT_END tokens whatever ends of the answer there are,
 *   giveUp(question, ms), which asks for the same as a whole, CHOICES times, and waits so long for it,
 *   headerOfAnswer(question, name), if it shows headers, and
 *   models(), if it can list them.
 *   A question has model, text, temperature, and perhaps stop, a string.
 * @param assertError (error, status) asserts that the error is the client's own kind for the status
 * @param headerOfError (error, name) => a header of the answer behind the error, if the client shows them
 * @param asksWithoutAKey whether the client asks when its key is empty, and does not refuse that itself
 * @param waitsAsToldTo whether the client waits as long as Retry-After says
 * @param obeysShouldRetry whether the client does what x-should-retry says
 */
export function fulfilsTheContract({
  connect, assertError, headerOfError, asksWithoutAKey, waitsAsToldTo, obeysShouldRetry,
}) {
  const question = { model: MODEL, text: GREETING, temperature: 0 };
  const open = (server, more) =>
    connect({ baseURL: `${server}/v1`, apiKey: KEYS.any, maxRetries: 0, fetch, ...more });
  const withKey = (apiKey, more) => open(SERVER, { apiKey, ...more });
  const client = open(SERVER);

  /** A fetch that remembers the status of every answer. */
  const counting = (statuses, send = fetch) => async (...request) => {
    const answer = await send(...request);
    statuses.push(answer.status);
    return answer;
  };

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
      const answer = open(SERVER, { maxRetries: RETRIES }).ask(question);
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

  test('a server that stops is unavailable until another takes over', async () => {
    await fails(open(STOPPING_SERVER).ask(question), 503, /draining/);

    const statuses = [];
    const balancer = (url, init) =>
      fetch(statuses.length ? `${url}`.replace(STOPPING_SERVER, SERVER) : url, init);
    const patient = open(STOPPING_SERVER, { maxRetries: RETRIES, fetch: counting(statuses, balancer) });
    assert.match((await patient.ask(question)).text, /Parlance/);
    assert.deepEqual(statuses, [503, 200]);
  });

  test('what took too long is not asked again', async () => {
    const statuses = [];
    const impatient = open(IMPATIENT_SERVER, { maxRetries: 1, fetch: counting(statuses) });

    await fails(impatient.giveUp(question, 60_000), 504, /did not finish/);

    // The server said x-should-retry: false.
    assert.deepEqual(statuses, obeysShouldRetry ? [504] : [504, 504]);
  });

  test('who leaves ends the work', async () => {
    const cancelled = await metric('parlance_requests_cancelled_total');

    await client.leaveAfterTheFirstPiece(question);

    await awaitMetric('parlance_requests_cancelled_total', (now) => now > cancelled);
    await awaitMetric('parlance_requests_running', (running) => running === 0);
  });

  test('who waits no longer ends the work', async () => {
    const cancelled = await metric('parlance_requests_cancelled_total');

    await assert.rejects(client.giveUp(question, 1000));

    await awaitMetric('parlance_requests_cancelled_total', (now) => now > cancelled);
    await awaitMetric('parlance_requests_running', (running) => running === 0);
  });

  test('a wrong key is unauthorized', async () => {
    await fails(withKey(KEYS.wrong).ask(question), 401, /Incorrect API key/);
    await fails(withKey(KEYS.wrong).stream(question), 401, /Incorrect API key/);
  });

  test('no key is unauthorized', { skip: !asksWithoutAKey && 'it refuses that itself' }, async () => {
    await fails(withKey('').ask(question), 401, /didn't provide an API key/);
  });

  test('a key is answered and told where it stands', async () => {
    const generous = withKey(KEYS.generous);

    assert.match((await generous.ask(question)).text, /Parlance/);
    assert.match((await generous.stream(question)).text, /Parlance/);
    if (client.headerOfAnswer) {
      assert.ok((await generous.headerOfAnswer(question, 'x-ratelimit-remaining-requests')) > 0);
    }
  });

  test('a model that the key may not use is not found', async () => {
    await fails(withKey(KEYS.otherModel).ask(question), 404, /does not exist/);
    if (client.models) {
      assert.deepEqual(await withKey(KEYS.otherModel).models(), []);
    }
  });

  test('who asks too often is limited', async () => {
    await useUp(KEYS.seldom);
    const seldom = withKey(KEYS.seldom);

    await fails(seldom.ask(question), 429, /requests per min/);

    if (headerOfError) {
      const error = await seldom.stream(question).catch((thrown) => thrown);
      const wait = Number(headerOfError(error, 'retry-after'));
      assert.ok(wait >= 1 && wait <= 60, `retry-after: ${wait}`);
    }
  });

  test('who asks too often is answered a little later', async () => {
    const statuses = [];
    const often = withKey(KEYS.often, { maxRetries: RETRIES, fetch: counting(statuses) });

    // On a busy machine the client may come so late that it may ask again.
    while (!statuses.includes(429)) {
      await useUp(KEYS.often);
      assert.match((await often.ask(question)).text, /Parlance/);
    }
  });

  test('only so many requests of a key are answered at a time', async () => {
    const leave = await occupyKey(KEYS.oneAtATime);
    try {
      await fails(withKey(KEYS.oneAtATime).ask(question), 429, /at a time/);
    } finally {
      leave();
    }
  });
}
