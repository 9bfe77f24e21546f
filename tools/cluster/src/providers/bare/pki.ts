import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from '../../processes';
import { networks, type Addresses, type Layout } from './layout';

/** Ten years: a cluster on one machine doesn't live so long, and nobody renews its certificates. */
const days = '3650';

const ownerOnly = 0o600;

interface Certificate {
  readonly name: string;
  readonly authority: 'ca' | 'front-proxy-ca';
  /** As openssl takes it, e.g. `/O=system:nodes/CN=system:node:a`. */
  readonly subject: string;
  readonly usage: 'clientAuth' | 'serverAuth';
  /** e.g. `DNS:localhost,IP:127.0.0.1` */
  readonly alternativeNames?: string;
}

/** Who has a kubeconfig: a certificate of its own each, with the rights of its part only. */
const clients = (node: string) => ({
  admin: '/O=system:masters/CN=almanac:admin',
  'controller-manager': '/CN=system:kube-controller-manager',
  scheduler: '/CN=system:kube-scheduler',
  'kube-proxy': '/CN=system:kube-proxy',
  kubelet: `/O=system:nodes/CN=system:node:${node}`,
  'calico-felix': '/CN=almanac:calico-felix',
  'calico-cni': '/CN=almanac:calico-cni',
});

export type Client = keyof ReturnType<typeof clients>;

const certificates = ({ node }: Layout, addresses: Addresses): readonly Certificate[] => [
  {
    name: 'apiserver',
    authority: 'ca',
    subject: '/CN=kube-apiserver',
    usage: 'serverAuth',
    alternativeNames: [
      ...[
        'kubernetes',
        'kubernetes.default',
        'kubernetes.default.svc',
        'kubernetes.default.svc.cluster.local',
      ],
      ...['localhost', node],
    ]
      .map((name) => `DNS:${name}`)
      .concat([networks.kubernetes, addresses.node, '127.0.0.1'].map((address) => `IP:${address}`))
      .join(','),
  },
  {
    name: 'kubelet-server',
    authority: 'ca',
    subject: `/O=system:nodes/CN=system:node:${node}`,
    usage: 'serverAuth',
    alternativeNames: `DNS:${node},IP:${addresses.node},IP:127.0.0.1`,
  },
  {
    name: 'apiserver-kubelet-client',
    authority: 'ca',
    subject: '/O=system:masters/CN=kube-apiserver-kubelet-client',
    usage: 'clientAuth',
  },
  {
    name: 'front-proxy-client',
    authority: 'front-proxy-ca',
    subject: '/CN=front-proxy-client',
    usage: 'clientAuth',
  },
  ...Object.entries(clients(node)).map(
    ([name, subject]) => ({ name, authority: 'ca', subject, usage: 'clientAuth' }) as const,
  ),
];

/** A key on the curve P-256: made in a moment, unlike an RSA key. */
const makeKey = async (folder: string, name: string): Promise<void> => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  await writeFile(join(folder, `${name}.key`), privateKey, { mode: ownerOnly });
  await writeFile(join(folder, `${name}.pub`), publicKey);
};

const sign = (folder: string, name: string, subject: string, extensions: readonly string[], by?: string) =>
  run('openssl', [
    ...['req', '-x509', '-new', '-sha256', '-days', days, '-subj', subject],
    ...['-set_serial', `0x${randomUUID().replaceAll('-', '')}`],
    ...['-key', join(folder, `${name}.key`), '-out', join(folder, `${name}.crt`)],
    ...(by === undefined ? [] : ['-CA', join(folder, `${by}.crt`), '-CAkey', join(folder, `${by}.key`)]),
    ...extensions.flatMap((extension) => ['-addext', extension]),
  ]);

async function makeAuthority(folder: string, name: string): Promise<void> {
  await makeKey(folder, name);
  await sign(folder, name, `/CN=almanac-${name}`, [
    'basicConstraints=critical,CA:TRUE',
    'keyUsage=critical,keyCertSign,cRLSign',
  ]);
}

async function makeCertificate(folder: string, certificate: Certificate): Promise<void> {
  const { name, authority, subject, usage, alternativeNames } = certificate;
  await makeKey(folder, name);
  const extensions = [
    'basicConstraints=critical,CA:FALSE',
    'keyUsage=critical,digitalSignature',
    `extendedKeyUsage=${usage}`,
    ...(alternativeNames === undefined ? [] : [`subjectAltName=${alternativeNames}`]),
  ];
  await sign(folder, name, subject, extensions, authority);
}

const base64 = async (file: string): Promise<string> => (await readFile(file)).toString('base64');

/** JSON is YAML, too. */
async function writeKubeconfig(folder: string, client: string, server: string): Promise<void> {
  const name = 'almanac';
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name, cluster: { server, 'certificate-authority-data': await base64(join(folder, 'ca.crt')) } },
    ],
    users: [
      {
        name: client,
        user: {
          'client-certificate-data': await base64(join(folder, `${client}.crt`)),
          'client-key-data': await base64(join(folder, `${client}.key`)),
        },
      },
    ],
    contexts: [{ name, context: { cluster: name, user: client } }],
    'current-context': name,
  };
  const file = join(folder, `${client}.kubeconfig`);
  await writeFile(file, `${JSON.stringify(config, null, 2)}\n`, { mode: ownerOnly });
}

/** The cluster's keys, certificates and kubeconfigs, made once and as a whole. Only the owner reads its keys. */
export async function createPki(layout: Layout, addresses: Addresses): Promise<void> {
  if (existsSync(layout.pki)) return;
  const folder = join(dirname(layout.pki), `.pki-${process.pid}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await makeKey(folder, 'service-accounts');
  await Promise.all(['ca', 'front-proxy-ca'].map((name) => makeAuthority(folder, name)));
  await Promise.all(
    certificates(layout, addresses).map((certificate) => makeCertificate(folder, certificate)),
  );
  const server = `https://${addresses.node}:6443`;
  await Promise.all(
    Object.keys(clients(layout.node)).map((client) => writeKubeconfig(folder, client, server)),
  );
  await rename(folder, layout.pki);
}

/** Path of a file of the PKI, e.g. `ca.crt`. */
export const pkiFile = ({ pki }: Layout, name: string): string => join(pki, name);

/** The kubeconfig of a part of the cluster. */
export const kubeconfigOf = (layout: Layout, client: Client): string =>
  pkiFile(layout, `${client}.kubeconfig`);
