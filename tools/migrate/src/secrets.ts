import { randomBytes } from 'node:crypto';
import type { Logger } from '@almanac/service-kit';
import { generateSigningKeys } from '@almanac/web/signing-keys';
import { patiently } from './connect';
import { post, type KubernetesApi } from './kubernetes-api';
import { databaseRoles } from './schemas';

/** What an environment keeps secret, by the name of its Secret: keys and values. */
export type Secrets = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** 192 bits, in characters that need no quoting anywhere. */
const password = (): string => randomBytes(24).toString('base64url');

/** Everything that the product keeps secret in an environment of its own, made anew. */
export const randomSecrets = async (): Promise<Secrets> => ({
  ...Object.fromEntries(databaseRoles.map(({ name }) => [`database-${name}`, { password: password() }])),
  'postgres-admin': { username: 'postgres', password: password() },
  'web-signing-keys': { 'keys.json': JSON.stringify(await generateSigningKeys()) },
});

/**
 * Creates the Secrets that are missing, and touches none that is there. It asks for no other right
 * than to create: what is there can't be read with it.
 */
export async function createMissingSecrets(
  api: KubernetesApi,
  logger: Logger,
  secrets: Secrets,
): Promise<void> {
  for (const [name, stringData] of Object.entries(secrets)) {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name,
        labels: {
          'app.kubernetes.io/part-of': 'almanac',
          'app.kubernetes.io/managed-by': 'generate-secrets',
        },
      },
      type: 'Opaque',
      stringData,
    };
    const path = `/api/v1/namespaces/${encodeURIComponent(api.namespace)}/secrets`;
    const { status, body } = await patiently(() => post(api, path, secret), logger);
    if (status === 201) logger.info({ name }, 'created');
    else if (status === 409 && body.reason === 'AlreadyExists') logger.info({ name }, 'there already');
    else throw new Error(`${name} can’t be created: ${body.message ?? `the API server answered ${status}`}`);
  }
}
