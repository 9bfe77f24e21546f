import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import type { Address } from './forward';

/** What a branch pointed to before and after a push, and the files in which the two differ. */
export interface Push {
  readonly branch: string;
  readonly before: string;
  readonly after: string;
  readonly paths: readonly string[];
}

export interface Webhook {
  /** Who is told, for a person. */
  readonly name: string;
  /** The gateway; it passes on by `host`. */
  readonly gateway: Address;
  readonly host: string;
}

/** The page of the repository that pods know as `<this>.git`: Argo CD compares it with the addresses it reads. */
export const repositoryPage = 'http://git.git.svc.cluster.local/almanac';

/** ms: whoever pushes waits for this. */
const patience = 2_000;

/** A push as GitHub tells it (the push event of its webhooks), as much of it as Argo CD reads. */
export const pushEvent = ({ branch, before, after, paths }: Push): string =>
  JSON.stringify({
    ref: `refs/heads/${branch}`,
    before,
    after,
    repository: { html_url: repositoryPage, default_branch: 'main' },
    commits: [{ id: after, added: [], removed: [], modified: paths }],
  });

/** GitHub's `X-Hub-Signature-256`. */
export const signatureOf = (body: string, secret: string): string =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

/**
 * Tells one receiver of a push.
 *
 * @throws Error saying why it didn't take it
 */
export const send = ({ gateway, host }: Webhook, push: Push, secret: string): Promise<void> => {
  const body = pushEvent(push);
  return new Promise((resolve, reject) => {
    const call = request({
      ...gateway,
      method: 'POST',
      path: '/api/webhook',
      headers: {
        host,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'x-github-event': 'push',
        'x-hub-signature-256': signatureOf(body, secret),
      },
      timeout: patience,
    });
    call.on('response', (response) => {
      response.resume();
      const { statusCode = 0 } = response;
      if (statusCode < 300) resolve();
      else reject(new Error(`it answered ${statusCode}`));
    });
    call.on('timeout', () => call.destroy(new Error(`no answer within ${patience / 1000} s`)));
    call.on('error', reject);
    call.end(body);
  });
};
