import type { SignedIn } from '@almanac/contracts';
import { Refused, Unreachable, type Http, type Request } from './http';
import { createSession } from './session';

const account = {
  id: '1',
  email: 'ada@example.com',
  name: 'Ada',
  zone: 'Europe/London',
  role: 'user',
  createdAt: '',
} as const;
const signedIn = (accessToken: string): SignedIn => ({
  accessToken,
  tokenType: 'Bearer',
  expiresIn: 600,
  account,
});
const refusal = (status: number) =>
  new Refused({ type: '', title: '', status, code: 'invalid_token', detail: 'No.', instance: '' });

function setUp(answers: Record<string, (request: Request) => unknown>) {
  let time = 0;
  const calls: string[] = [];
  const http: Http = async (path, request = {}) => {
    calls.push([path, request.headers?.authorization].filter(Boolean).join(' '));
    return (await answers[path]!(request)) as never;
  };
  return { session: createSession(http, () => time), calls, pass: (ms: number) => (time += ms) };
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('the session', () => {
  test('is taken up from the cookie, or known not to be there', async () => {
    const there = setUp({ '/auth/refresh': () => signedIn('a') });
    expect(there.session.account.value).toBeUndefined();
    await there.session.resume();
    expect(there.session.account.value).toEqual(account);

    const none = setUp({ '/auth/refresh': () => Promise.reject(refusal(401)) });
    await none.session.resume();
    expect(none.session.account.value).toBeNull();
  });

  test('isn’t given up because the service can’t be reached', async () => {
    const { session } = setUp({ '/auth/refresh': () => Promise.reject(new Unreachable()) });
    await expect(session.resume()).rejects.toBeInstanceOf(Unreachable);
    expect(session.account.value).toBeUndefined();
  });

  test('renews its token before it ends, and tells who wants to know', async () => {
    const tokens = ['a', 'b', 'c'];
    const { session } = setUp({ '/auth/refresh': () => signedIn(tokens.shift()!) });
    const seen: string[] = [];
    session.onToken((token) => seen.push(token));
    await session.resume();
    await jest.advanceTimersByTimeAsync(539_000);
    expect(seen).toEqual(['a']);
    await jest.advanceTimersByTimeAsync(1000);
    expect(seen).toEqual(['a', 'b']);
  });

  test('buys one token for all who need it at once, also after a sleep that stopped the timer', async () => {
    const { session, calls, pass } = setUp({ '/auth/refresh': () => signedIn('a'), '/x': () => 1 });
    await session.resume();
    pass(3_600_000);
    await Promise.all([session.http('/x'), session.http('/x'), session.token()]);
    expect(calls.filter((call) => call === '/auth/refresh')).toHaveLength(2);
  });

  test('repeats a request once whose token was refused', async () => {
    const tokens = ['a', 'b'];
    const { session, calls } = setUp({
      '/auth/refresh': () => signedIn(tokens.shift()!),
      '/x': ({ headers }) => (headers?.authorization === 'Bearer b' ? 'yes' : Promise.reject(refusal(401))),
    });
    await session.resume();
    expect(await session.http('/x')).toBe('yes');
    expect(calls).toEqual(['/auth/refresh', '/x Bearer a', '/auth/refresh', '/x Bearer b']);
  });

  test('ends for good when the cookie has ended', async () => {
    const answers = [() => signedIn('a'), () => Promise.reject(refusal(401))];
    const { session } = setUp({
      '/auth/refresh': () => answers.shift()!(),
      '/x': () => Promise.reject(refusal(401)),
    });
    await session.resume();
    await expect(session.http('/x')).rejects.toBeInstanceOf(Refused);
    expect(session.account.value).toBeNull();
  });
});
