// The servers that the JUnit test started, and how to look into them and fill them.

/** Has one place and a queue of one, and wants keys. */
export const SERVER = environment('PARLANCE_URL');

// The same, where nobody listens to what the tests do themselves.
const DIRECT_SERVER = environment('PARLANCE_DIRECT_URL');

/** Stops, but has a request to finish that does not end, so that it answers 503. */
export const STOPPING_SERVER = environment('PARLANCE_STOPPING_URL');

/** Ends every request after a second. */
export const IMPATIENT_SERVER = environment('PARLANCE_IMPATIENT_URL');

/** Those of GuardedProgram, which says what they may do. */
export const KEYS = {
  any: 'sk-test',
  wrong: 'sk-wrong',
  otherModel: 'sk-other-model',
  generous: 'sk-generous',
  seldom: 'sk-seldom',
  often: 'sk-often',
  oneAtATime: 'sk-one-at-a-time',
};

export const MODEL = 'parlance-tiny';

const PATIENCE_MS = 60_000;

function environment(name) {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set; JavaScriptClientsTest sets it`);
  }
  return value;
}

/** What GET /metrics says of the server's only model. */
export async function metric(name) {
  const page = await (await get('/metrics', KEYS.any)).text();
  return page
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

/** Asks for a metric until the condition holds. */
export async function awaitMetric(name, condition) {
  const deadline = Date.now() + PATIENCE_MS;
  while (!condition(await metric(name))) {
    if (Date.now() > deadline) {
      throw new Error(`${name} is ${await metric(name)} after ${PATIENCE_MS} ms`);
    }
  }
}

/** Makes one request run and another wait, both for very long; returns a function that ends both. */
export async function occupy() {
  const leaving = new AbortController();
  await askWithoutEnd(KEYS.any, leaving.signal);
  await awaitMetric('parlance_requests_running', (running) => running === 1);
  await askWithoutEnd(KEYS.any, leaving.signal);
  await awaitMetric('parlance_requests_waiting', (waiting) => waiting === 1);
  return async () => {
    leaving.abort();
    await awaitMetric('parlance_requests_running', (running) => running === 0);
    await awaitMetric('parlance_requests_waiting', (waiting) => waiting === 0);
  };
}

/** Makes one request with this key run for very long; returns a function that ends it. */
export async function occupyKey(key) {
  const leaving = new AbortController();
  await askWithoutEnd(key, leaving.signal);
  return () => leaving.abort();
}

/** Asks with this key until that is too often. */
export async function useUp(key) {
  let answer;
  do {
    answer = await get('/v1/models', key);
  } while (answer.status !== 429);
}

/** The answer's head comes when the server has taken the request. */
async function askWithoutEnd(key, signal) {
  const answer = await fetch(`${DIRECT_SERVER}/v1/completions`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${key}` },
    signal,
    body: JSON.stringify({
      model: MODEL, prompt: 'Once upon a time', stream: true, n: 128, max_tokens: 1000, ignore_eos: true,
    }),
  });
  if (!answer.ok) {
    throw new Error(await answer.text());
  }
  // What the server cannot hand over, it would keep.
  answer.text().catch(() => {});
}

function get(path, key) {
  return fetch(DIRECT_SERVER + path, { headers: { Authorization: `Bearer ${key}` } });
}
