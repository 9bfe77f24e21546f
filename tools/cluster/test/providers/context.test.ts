import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '../../src/providers';
import { createContextProvider } from '../../src/providers/context';
import { fakePrograms } from '../support/fake-programs';

const notes: string[] = [];
const report: Report = { step: (_title, run) => run(), note: (line) => notes.push(line) };
const names = ['kubectl', 'minikube', 'k3d'];

describe('the provider context', () => {
  const directory = mkdtempSync(join(tmpdir(), 'almanac-context-'));
  const cluster = { name: 'local', directory };
  const kubeconfig = join(directory, 'kubeconfig');
  afterAll(() => rmSync(directory, { recursive: true }));

  const dns = (record: string) => JSON.stringify({ data: { NodeHosts: record } });
  const answers = (current: string, record: string) => ({
    'kubectl config current-context': `${current}\n`,
    [`kubectl config view --raw --minify --flatten --context ${current}`]: 'apiVersion: v1\n',
    [`kubectl --kubeconfig ${kubeconfig} get --raw=/readyz --request-timeout=5s`]: 'ok',
    [`kubectl --kubeconfig ${kubeconfig} get configmap coredns --namespace=kube-system --output=json`]:
      dns(record),
    [`kubectl --kubeconfig ${kubeconfig} get nodes --output=jsonpath={.items[0].status.addresses[?(@.type=="InternalIP")].address}`]:
      '127.0.0.1',
  });
  const minikube = (runtime: string) => ({
    ...answers('shop', '192.168.49.1 host.minikube.internal'),
    'minikube profile list --output=json': JSON.stringify({
      valid: [{ Name: 'shop', Config: { KubernetesConfig: { ContainerRuntime: runtime } } }],
    }),
  });

  test('says that there is no kubecontext', async () => {
    using programs = fakePrograms(names, { 'kubectl version --client': 'v1.35.4', 'kubectl config *': 1 });
    const context = createContextProvider(programs.execute);
    expect(await context.available()).toContain('no current kubecontext');
  });

  test('keeps a copy of the kubeconfig that only its owner reads', async () => {
    using programs = fakePrograms(names, answers('k3d-shop', '172.19.0.1 host.k3d.internal'));
    const context = createContextProvider(programs.execute);
    expect(await context.up(cluster, report)).toMatchObject({
      kubeconfig,
      hostAddress: '172.19.0.1',
      gateway: { host: '127.0.0.1', port: 30080 },
    });
    expect(readFileSync(kubeconfig, 'utf8')).toBe('apiVersion: v1\n');
    expect(statSync(kubeconfig).mode & 0o777).toBe(0o600);
  });

  test('takes the address of this machine from the person where it can’t be told', async () => {
    using programs = fakePrograms(names, answers('cloud', ''));
    const context = createContextProvider(programs.execute);
    await expect(context.up(cluster, report)).rejects.toThrow('--host-address');
    const found = await context.up({ ...cluster, hostAddress: '192.0.2.7' }, report);
    expect(found.hostAddress).toBe('192.0.2.7');
  });

  test.each([
    ['k3d', answers('k3d-shop', '172.19.0.1 host.k3d.internal'), 'k3d image import /a.tar --cluster shop'],
    ['Minikube', minikube('containerd'), 'minikube --profile shop image load /a.tar'],
  ])('loads images into %s', async (_name, known, line) => {
    using programs = fakePrograms(names, { ...known, [line]: '' });
    const context = createContextProvider(programs.execute);
    await (await context.up(cluster, report)).loadImages(['/a.tar']);
    expect(programs.calls().at(-1)).toBe(line);
  });

  test('says how to make a Minikube that takes images by digest', async () => {
    using programs = fakePrograms(names, minikube('docker'));
    const context = createContextProvider(programs.execute);
    const found = await context.up(cluster, report);
    await expect(found.loadImages(['/a.tar'])).rejects.toThrow('--container-runtime=containerd');
  });

  test('sends images of any other cluster to a registry', async () => {
    using programs = fakePrograms(names, {
      ...answers('cloud', ''),
      'minikube profile list --output=json': 85,
    });
    const context = createContextProvider(programs.execute);
    const found = await context.up({ ...cluster, hostAddress: '192.0.2.7' }, report);
    await expect(found.loadImages(['/a.tar'])).rejects.toThrow('Push them to a registry');
  });

  test('leaves the cluster as it is when it goes', async () => {
    using programs = fakePrograms(names, answers('k3d-shop', '172.19.0.1 host.k3d.internal'));
    const context = createContextProvider(programs.execute);
    await context.up(cluster, report);
    const before = programs.calls().length;
    await context.down(cluster, report);
    expect(programs.calls()).toHaveLength(before);
    expect(() => statSync(kubeconfig)).toThrow('ENOENT');
  });
});
