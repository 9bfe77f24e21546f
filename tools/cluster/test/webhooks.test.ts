import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { pushEvent, repositoryPage, send, signatureOf, type Push } from '../src/server/webhooks';

const push: Push = {
  branch: 'main',
  before: 'a'.repeat(40),
  after: 'b'.repeat(40),
  paths: ['clusters/local/environments/dev.yaml'],
};
const secret = 'the secret of this test';

it('signs as GitHub documents it', () => {
  expect(signatureOf('Hello, World!', "It's a Secret to Everybody")).toBe(
    'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
  );
});

it('tells what Argo CD reads of a push', () => {
  expect(JSON.parse(pushEvent(push))).toEqual({
    ref: 'refs/heads/main',
    before: push.before,
    after: push.after,
    repository: { html_url: repositoryPage, default_branch: 'main' },
    commits: [{ id: push.after, added: [], removed: [], modified: push.paths }],
  });
});

describe('a webhook', () => {
  let receiver: Server;
  let status: number;
  const received: { request: IncomingMessage; body: string }[] = [];

  beforeAll(async () => {
    receiver = createServer((request, response) => {
      void text(request).then((body) => {
        received.push({ request, body });
        response.writeHead(status).end();
      });
    }).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
  });
  afterAll(() => receiver.close());

  const sending = () => {
    const { port } = receiver.address() as { port: number };
    return send({ name: 'x', gateway: { host: '127.0.0.1', port }, host: 'argocd.test' }, push, secret);
  };

  it('reaches its receiver through the gateway, signed over every byte', async () => {
    status = 200;
    await sending();

    const { request, body } = received.at(-1)!;
    expect(request).toMatchObject({ method: 'POST', url: '/api/webhook' });
    expect(request.headers).toMatchObject({ host: 'argocd.test', 'x-github-event': 'push' });
    expect(request.headers['x-hub-signature-256']).toBe(signatureOf(body, secret));
  });

  it('says so when it is not taken', async () => {
    status = 404;
    await expect(sending()).rejects.toThrow('it answered 404');
  });
});
