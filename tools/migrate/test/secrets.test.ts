import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createLogger } from '@almanac/service-kit';
import type { KubernetesApi } from '../src/kubernetes-api';
import { createMissingSecrets, randomSecrets } from '../src/secrets';

interface Secret {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly stringData: Readonly<Record<string, string>>;
}

/**
 * As much of the Kubernetes API as is asked for here, after its reference: a POST to the collection
 * answers 201 with the object, 409 `AlreadyExists` or 403 `Forbidden` with a Status.
 * https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/secret-v1/
 */
function fakeApi(kept: Map<string, Secret>, mayCreate: (name: string) => boolean = () => true): Server {
  const status = (code: number, reason: string, message: string) => ({
    ...{ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message },
  });
  return createServer((request, response) => {
    const answer = (code: number, body: unknown) =>
      response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const { authorization } = request.headers;
    if (authorization !== 'Bearer the-token') return answer(401, status(401, 'Unauthorized', 'Unauthorized'));
    if (request.method !== 'POST' || request.url !== '/api/v1/namespaces/almanac-dev/secrets')
      return answer(404, status(404, 'NotFound', 'the server could not find the requested resource'));
    return void text(request).then((body) => {
      const secret = JSON.parse(body) as Secret;
      const { name } = secret.metadata;
      if (!mayCreate(name)) return answer(403, status(403, 'Forbidden', `secrets "${name}" is forbidden`));
      if (kept.has(name))
        return answer(409, status(409, 'AlreadyExists', `secrets "${name}" already exists`));
      kept.set(name, secret);
      return answer(201, secret);
    });
  });
}

let server: Server;
let kept: Map<string, Secret>;
let lines: { name?: string; message: string }[];

const start = async (mayCreate?: (name: string) => boolean): Promise<KubernetesApi> => {
  server = fakeApi(kept, mayCreate).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, namespace: 'almanac-dev', token: 'the-token' };
};
const logger = () =>
  createLogger('migrate', 'info', { write: (line) => void lines.push(JSON.parse(line) as never) });

beforeEach(() => {
  kept = new Map();
  lines = [];
});
afterEach(() => {
  server.close();
});

test('an environment’s Secrets are created once, and those that are there stay as they are', async () => {
  const api = await start();
  kept.set('database-web', {
    kind: 'Secret',
    metadata: { name: 'database-web' },
    stringData: { password: 'by hand' },
  });
  await createMissingSecrets(api, logger(), await randomSecrets());
  const first = new Map(kept);
  expect([...first.keys()].sort()).toEqual([
    ...['audit', 'bus', 'jobs', 'owner', 'realtime', 'task-api', 'web'].map((name) => `database-${name}`),
    'postgres-admin',
    'web-signing-keys',
  ]);
  expect(first.get('database-web')!.stringData).toEqual({ password: 'by hand' });

  await createMissingSecrets(api, logger(), await randomSecrets());
  expect(kept).toEqual(first);
  expect(lines.filter(({ message }) => message === 'created')).toHaveLength(8);
  expect(lines.filter(({ message }) => message === 'there already')).toHaveLength(10);
});

test('every password is another, and no log line holds one', async () => {
  const api = await start();
  const secrets = await randomSecrets();
  await createMissingSecrets(api, logger(), secrets);
  const passwords = Object.values(secrets).flatMap(({ password }) => password ?? []);
  expect(new Set(passwords).size).toBe(8);
  for (const password of passwords) {
    expect(password).toMatch(/^[\w-]{32}$/);
    expect(JSON.stringify(lines)).not.toContain(password);
  }
  const { keys } = JSON.parse(secrets['web-signing-keys']!['keys.json']!) as { keys: { d: string }[] };
  expect(JSON.stringify(lines)).not.toContain(keys[0]!.d);
});

test('what the API server refuses is said in its words', async () => {
  const api = await start((name) => name !== 'postgres-admin');
  await expect(createMissingSecrets(api, logger(), await randomSecrets())).rejects.toThrow(
    'postgres-admin can’t be created: secrets "postgres-admin" is forbidden',
  );
});
