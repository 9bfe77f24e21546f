import { createWaker, type Waker } from '../src/waker';

let runs: number;
let finish: () => void;
let waker: Waker;

/** Work that takes until `finish` is called. */
const slowly = (): Promise<void> => {
  runs += 1;
  return new Promise((resolve) => (finish = resolve));
};
const atOnce = (): Promise<void> => {
  runs += 1;
  return Promise.resolve();
};
const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  runs = 0;
  jest.useFakeTimers();
});

afterEach(async () => {
  await waker.stop();
  jest.useRealTimers();
});

test('it runs at once, and then at intervals', async () => {
  waker = createWaker(1_000, atOnce);
  await pass(0);
  expect(runs).toBe(1);
  await pass(999);
  expect(runs).toBe(1);
  await pass(1);
  expect(runs).toBe(2);
  await pass(5_000);
  expect(runs).toBe(7);
});

test('woken while idle, it runs at once, and the interval begins anew', async () => {
  waker = createWaker(1_000, atOnce);
  await pass(500);
  waker.wake();
  expect(runs).toBe(2);
  await pass(999);
  expect(runs).toBe(2);
  await pass(1);
  expect(runs).toBe(3);
});

test('woken while it runs, however often, it runs once more afterwards, never twice at once', async () => {
  waker = createWaker(1_000, slowly);
  await pass(0);
  waker.wake();
  waker.wake();
  await pass(10_000);
  expect(runs).toBe(1);
  finish();
  await pass(0);
  expect(runs).toBe(2);
  finish();
  await pass(999);
  expect(runs).toBe(2);
  finish();
});

test('it runs sooner when told to, and never later than told before', async () => {
  waker = createWaker(1_000, atOnce);
  await pass(0);
  waker.within(100);
  waker.within(500);
  await pass(99);
  expect(runs).toBe(1);
  await pass(1);
  expect(runs).toBe(2);
});

test('work that fails may ask for a pause, in which nothing wakes it; afterwards it runs without being woken', async () => {
  waker = createWaker(1_000, () => {
    if (runs === 0) waker.pause(300);
    return atOnce();
  });
  await pass(0);
  expect(runs).toBe(1);
  waker.wake();
  await pass(100);
  waker.wake();
  waker.within(1);
  await pass(199);
  expect(runs).toBe(1);
  await pass(1);
  expect(runs).toBe(2);
});

test('stopping waits for the run in hand, and it never runs again', async () => {
  waker = createWaker(1_000, slowly);
  await pass(0);
  waker.wake();
  let stopped = false;
  const stopping = waker.stop().then(() => (stopped = true));
  expect(waker.stopping).toBe(true);
  await pass(5_000);
  expect(stopped).toBe(false);
  finish();
  await stopping;
  waker.wake();
  waker.within(1);
  await pass(5_000);
  expect(runs).toBe(1);
});

test('stopped before its first run, it never runs', async () => {
  waker = createWaker(1_000, atOnce);
  await waker.stop();
  await pass(5_000);
  expect(runs).toBe(0);
});
