import { request } from 'node:http';
import { waitUntil } from '@almanac/testkit';
import { application, kubernetes, untilRunning, untilSynced } from './support/applications';
import { releaseAnother } from './support/environments';
import { platform } from './support/platform';
import { clone, type WorkingCopy } from './support/working-copy';

const dev = 'almanac-dev';

/** Argo CD's API through the gateway: what its web page calls for the same clicks. */
async function argo<Answer>(method: string, path: string, body?: unknown, token?: string): Promise<Answer> {
  const { gateway } = platform();
  return new Promise((resolve, reject) => {
    const call = request({ ...gateway, method, path: `/api/v1${path}`, timeout: 30_000 }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        if (response.statusCode === 200) resolve(JSON.parse(text) as Answer);
        else reject(new Error(`${method} ${path} answered ${response.statusCode}: ${text}`));
      });
    });
    call.setHeader('host', `argocd.almanac.localhost:${gateway.port}`);
    call.setHeader('content-type', 'application/json');
    if (token !== undefined) call.setHeader('authorization', `Bearer ${token}`);
    call.on('timeout', () => call.destroy(new Error(`${method} ${path}: no answer`)));
    call.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function signIn(): Promise<string> {
  const secret = await kubernetes().get<{ data: { password: string } }>(
    '/api/v1/namespaces/argocd/secrets/argocd-initial-admin-secret',
  );
  const password = Buffer.from(secret!.data.password, 'base64').toString();
  const { token } = await argo<{ token: string }>('POST', '/session', { username: 'admin', password });
  return token;
}

const setAutomated = (token: string, automated: object | null) =>
  argo(
    'PATCH',
    `/applications/${dev}`,
    { name: dev, patchType: 'merge', patch: JSON.stringify({ spec: { syncPolicy: { automated } } }) },
    token,
  );

let copy: WorkingCopy;
beforeAll(async () => {
  copy = await clone();
});
afterAll(() => copy[Symbol.asyncDispose]());

test('a person switches auto-sync off, rolls back and on again, as in Argo CD’s page', async () => {
  const token = await signIn();
  const automated = (await application(dev))?.spec.syncPolicy?.automated as object;
  expect(automated).toMatchObject({ prune: true, selfHeal: true });

  const [older, newer] = await releaseAnother(copy);
  await untilSynced(dev, newer);

  const rollback = { name: dev, id: (await application(dev))!.status!.history!.at(-2)!.id };
  await expect(argo('POST', `/applications/${dev}/rollback`, rollback, token)).rejects.toThrow(
    /auto-?sync|automated sync/i,
  );

  await setAutomated(token, null);
  try {
    await argo('POST', `/applications/${dev}/rollback`, rollback, token);
    await untilRunning(dev, older);
    expect((await application(dev))?.spec.syncPolicy?.automated).toBeUndefined();

    // The page shows that an operation is going on; who clicks meanwhile is told to come back.
    await waitUntil(() => argo('POST', `/applications/${dev}/sync`, { name: dev }, token), {
      timeout: 60_000,
      every: 250,
      until: 'Argo CD began to sync',
    });
    await untilRunning(dev, newer);
  } finally {
    await setAutomated(token, automated);
  }
  await waitUntil(async () => (await application(dev))?.status?.sync?.status === 'Synced', {
    timeout: 60_000,
    until: 'dev was in step with git again',
  });
  await untilRunning(dev, newer);
}, 300_000);
