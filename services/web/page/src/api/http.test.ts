import { createHttp, isPassing, Refused, Unreachable } from './http';

const problem = {
  type: 'about:blank',
  title: 'The input is not valid',
  status: 422,
  code: 'invalid_input',
  detail: 'Two fields are not valid.',
  instance: 'r1',
  issues: [
    { path: 'title', message: 'must not be empty' },
    { path: 'due.zone', message: 'must be an IANA time zone' },
  ],
};
const answering = (status: number, body: string | null) =>
  jest.fn(() => Promise.resolve(new Response(body, { status })));

describe('a request', () => {
  test('goes to the API as JSON and comes back as JSON', async () => {
    const fetch = answering(200, '{"id":1}');
    const http = createHttp(fetch);
    expect(
      await http('/tasks', {
        method: 'POST',
        body: { title: 'Pay' },
        params: new URLSearchParams({ q: 'a b' }),
      }),
    ).toEqual({ id: 1 });
    expect(fetch).toHaveBeenCalledWith(
      '/api/v1/tasks?q=a+b',
      expect.objectContaining({
        method: 'POST',
        body: '{"title":"Pay"}',
        headers: { 'content-type': 'application/json' },
      }),
    );
  });

  test('may have an answer without a body', async () => {
    expect(await createHttp(answering(204, null))('/tasks/1', { method: 'DELETE' })).toBeUndefined();
  });

  test('that is refused says why, and which field is wrong', async () => {
    const error: unknown = await createHttp(answering(422, JSON.stringify(problem)))('/tasks').catch(
      (e: unknown) => e,
    );
    if (!(error instanceof Refused)) throw error;
    expect(error.message).toBe('Two fields are not valid.');
    expect(error.issue('title')).toBe('must not be empty');
    expect(error.issue('due')).toBe('must be an IANA time zone');
    expect(error.issue('tags')).toBeUndefined();
    expect(isPassing(error)).toBe(false);
  });

  test.each([
    ['no network', () => Promise.reject(new TypeError('Failed to fetch'))],
    ['a proxy’s own page', answering(502, '<html>Bad gateway</html>')],
    ['JSON of somebody else', answering(500, '{"message":"oops"}')],
  ])('that meets %s can be tried again', async (_, fetch) => {
    const error: unknown = await createHttp(fetch)('/tasks').catch((e: unknown) => e);
    expect(error).toBeInstanceOf(Unreachable);
    expect(isPassing(error)).toBe(true);
  });

  test('that is given up isn’t an error of the network', async () => {
    const giveUp = new AbortController();
    const fetch = (_: unknown, options?: RequestInit) =>
      new Promise<Response>((_, reject) =>
        options?.signal?.addEventListener('abort', () => reject(new DOMException('given up', 'AbortError'))),
      );
    const asking = createHttp(fetch)('/tasks', { signal: giveUp.signal });
    giveUp.abort();
    await expect(asking).rejects.toThrow('given up');
  });
});
