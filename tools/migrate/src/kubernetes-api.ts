import { readFile } from 'node:fs/promises';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { join } from 'node:path';
import { loadConfig, text } from '@almanac/config';
import { z } from 'zod';

/** How to reach the API of a cluster, and as whom. */
export interface KubernetesApi {
  readonly url: string;
  readonly namespace: string;
  readonly token: string;
  /** PEM; what its certificate is signed by. */
  readonly ca?: string;
}

/** Where every pod finds its service account. https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/ */
const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount';

const settings = z.object({ KUBERNETES_SERVICE_HOST: text(), KUBERNETES_SERVICE_PORT: text() });

/** The API of the cluster that this pod runs in. @throws Error outside of one, or without a token */
export async function inCluster(): Promise<KubernetesApi> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = loadConfig(
    settings,
    undefined,
    () => undefined,
  );
  const read = (name: string) => readFile(join(serviceAccount, name), 'utf8');
  const [token, ca, namespace] = await Promise.all([read('token'), read('ca.crt'), read('namespace')]);
  return { url: `https://${host.includes(':') ? `[${host}]` : host}:${port}`, token, ca, namespace };
}

export interface Answer {
  readonly status: number;
  /** A `Status` of Kubernetes for what went wrong, else the object. */
  readonly body: { readonly reason?: string; readonly message?: string };
}

/** Sends one object. `fetch` can't be told which CA to trust, hence Node's own client. */
export const post = ({ url, token, ca }: KubernetesApi, path: string, object: unknown): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const target = new URL(path, url);
    const send = target.protocol === 'https:' ? requestHttps : requestHttp;
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const request = send(target, { method: 'POST', headers, ca, timeout: 10_000 }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        try {
          const body = JSON.parse(Buffer.concat(chunks).toString()) as Answer['body'];
          resolve({ status: response.statusCode!, body });
        } catch (error) {
          reject(new Error(`the API server answered ${response.statusCode} without JSON`, { cause: error }));
        }
      });
    });
    request.on('timeout', () => {
      const late = new Error('the API server didn’t answer in time');
      request.destroy(Object.assign(late, { code: 'ETIMEDOUT' }));
    });
    request.on('error', reject);
    request.end(JSON.stringify(object));
  });
