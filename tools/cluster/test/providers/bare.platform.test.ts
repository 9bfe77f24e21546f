import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { thirdPartyReferences, writeThirdPartyImages } from '@almanac/images';
import { kubectlFor, type Kubectl } from '../../src/kubectl';
import { processesIn, until } from '../../src/processes';
import { providers, type ClusterOptions, type Report, type RunningCluster } from '../../src/providers';
import { removeGroups } from '../../src/providers/bare/cgroups';
import { layoutOf } from '../../src/providers/bare/layout';
import { removeNamespaces } from '../../src/providers/bare/namespaces';
import { disconnect } from '../../src/providers/bare/network';
import { machineState } from './machine-state';

const { bare } = providers;

/** The first time, the programs of the node are compiled. */
const firstTime = 30 * 60_000; // ms
const moment = 20_000; // ms

const report: Report = { step: (_title, run) => run(), note: () => undefined };

const namespace = 'trial';

/** A digest that no image has: the name is what counts. */
const digest = `sha256:${'1'.repeat(64)}`;
const byDigest = `docker.io/library/busybox@${digest}`;

const metadata = (name: string) => ({ name, namespace, labels: { app: name } });

const pod = (name: string, container: object, volumes: readonly object[] = []) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: metadata(name),
  spec: {
    terminationGracePeriodSeconds: 0,
    containers: [{ name, image: byDigest, imagePullPolicy: 'IfNotPresent', ...container }],
    volumes,
  },
});

const shell = (script: string) => ({ command: ['sh', '-c', script] });

const web = pod('web', {
  ...shell('mkdir -p /tmp/page && echo hello >/tmp/page/index.html && exec httpd -f -p 8080 -h /tmp/page'),
  ports: [{ name: 'http', containerPort: 8080 }],
  readinessProbe: { httpGet: { path: '/', port: 'http' }, periodSeconds: 1 },
});

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: metadata('web'),
  spec: {
    type: 'NodePort',
    selector: { app: 'web' },
    ports: [{ port: 80, targetPort: 'http', nodePort: 30_080 }],
  },
};

const policy = (name: string, spec: object) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: metadata(name),
  spec,
});

describe('a bare cluster', () => {
  let cluster: ClusterOptions;
  let running: RunningCluster;
  let kubectl: Kubectl;
  let before: ReturnType<typeof machineState>;

  /** What the names of all that is the cluster's have in them. */
  const marks = () => [cluster.directory, layoutOf(cluster).suffix];
  const inPod = (name: string, script: string) =>
    kubectl('exec', '--namespace', namespace, name, '--', 'sh', '-c', script);
  const ready = (name: string) =>
    kubectl('wait', '--namespace', namespace, `pod/${name}`, '--for=condition=Ready', '--timeout=30s');
  const serviceAddress = () =>
    kubectl('get', 'service', 'web', '--namespace', namespace, '--output=jsonpath={.spec.clusterIP}');
  /** Whether a new connection comes about within a second. */
  const connects = (from: string, address: string, port: number) =>
    inPod(from, `nc -w 1 ${address} ${port} </dev/null`).then(
      () => true,
      () => false,
    );

  beforeAll(async () => {
    const reason = await bare.available();
    if (reason !== null) throw new Error(`No bare cluster can be made here: ${reason}`);
    cluster = { name: 'trial', directory: await mkdtemp(join(tmpdir(), 'almanac-bare-')) };
    before = machineState(marks());
    running = await bare.up(cluster, report);
    kubectl = await kubectlFor(running.kubeconfig);
    const [archive = ''] = await writeThirdPartyImages([byDigest], { to: join(cluster.directory, 'images') });
    await running.loadImages([archive]);
    await kubectl.apply([
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
      web,
      service,
      pod('client', shell('exec sleep 3600')),
    ]);
    await Promise.all(['web', 'client'].map(ready));
  }, firstTime);

  afterAll(async () => {
    await bare.down(cluster, report);
    await rm(cluster.directory, { recursive: true });
  }, 60_000);

  test('has a node that is ready, and is found again', async () => {
    expect(await kubectl('get', 'nodes')).toMatch(/^almanac-trial +Ready/m);
    expect(await bare.find(cluster)).toMatchObject({ kubeconfig: running.kubeconfig });
  });

  test('starts a pod from an image that is named by its digest, without pulling it', async () => {
    const events = await kubectl('get', 'events', '--namespace', namespace, '--output=jsonpath={..message}');
    expect(events).toContain(`Container image "${byDigest}" already present on machine`);
    expect(events).not.toContain('Pulling');
  });

  test('knows the third-party images by the names that its manifests use', async () => {
    const images = await kubectl('get', 'pods', '--all-namespaces', '--output=jsonpath={..spec..image}');
    expect(images).toContain((await thirdPartyReferences()).coredns);
  });

  test('tells pods the address of a service by its name, and says at once that other names are unknown', async () => {
    expect(await inPod('client', `nslookup web.${namespace}.svc.cluster.local`)).toContain(
      await serviceAddress(),
    );
    expect(await inPod('client', 'nslookup example.org || true')).toContain('NXDOMAIN');
  });

  test('is reached from this machine by its NodePort', async () => {
    const { host, port } = running.gateway;
    expect(await (await fetch(`http://${host}:${port}/`)).text()).toBe('hello\n');
  });

  test('lets pods reach a process on this machine', async () => {
    const server = createServer((socket) => socket.end('from the machine')).listen(0, running.hostAddress);
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const answer = await inPod('client', `nc -w 5 ${running.hostAddress} ${port} </dev/null`).finally(() =>
      server.close(),
    );
    expect(answer).toBe('from the machine');
  });

  test('keeps a claimed volume when its pod goes', async () => {
    const claim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: metadata('kept'),
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } },
    };
    const volumes = [{ name: 'kept', persistentVolumeClaim: { claimName: 'kept' } }];
    const mounted = { volumeMounts: [{ name: 'kept', mountPath: '/kept' }] };
    const writer = pod('writer', { ...shell('echo 1 >/kept/file && exec sleep 3600'), ...mounted }, volumes);
    const reader = pod('reader', { ...shell('exec sleep 3600'), ...mounted }, volumes);
    await kubectl.apply([claim, writer]);
    await ready('writer');
    await kubectl('delete', 'pod', 'writer', '--namespace', namespace);
    await kubectl.apply([reader]);
    await ready('reader');
    expect(await inPod('reader', 'cat /kept/file')).toBe('1\n');
  }, 90_000);

  test('holds connections up that a NetworkPolicy doesn’t allow', async () => {
    const address = await serviceAddress();
    expect(await connects('client', address, 80)).toBe(true);

    await kubectl.apply([policy('default-deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] })]);
    await until('connections are refused', moment, async () => !(await connects('client', address, 80)));

    const toWeb = { podSelector: { matchLabels: { app: 'web' } } };
    const toClient = { podSelector: { matchLabels: { app: 'client' } } };
    const ports = [{ port: 8080 }];
    await kubectl.apply([
      policy('web', { ...toWeb, policyTypes: ['Ingress'], ingress: [{ from: [toClient], ports }] }),
      policy('client', { ...toClient, policyTypes: ['Egress'], egress: [{ to: [toWeb], ports }] }),
    ]);
    await until('the allowed connection comes about', moment, () => connects('client', address, 80));
    expect(await connects('client', '10.96.0.1', 443)).toBe(false);

    await kubectl('delete', 'networkpolicies', '--all', '--namespace', namespace);
  }, 90_000);

  test('is whole again after parts of it were killed, and its pods never noticed', async () => {
    const uids = () => kubectl('get', 'pods', '--all-namespaces', '--output=jsonpath={..metadata.uid}');
    const pods = await uids();
    const processes = processesIn(cluster.directory);
    const pids = await processes.running();
    for (const name of ['kubelet', 'containerd', 'kube-apiserver', 'calico-felix'])
      process.kill(pids.get(name)!, 'SIGKILL');
    await until('they are dead', moment, async () => (await processes.running()).size === pids.size - 4);

    await bare.up(cluster, report);

    expect([...(await processes.running()).keys()]).toEqual([...pids.keys()]);
    expect(await uids()).toBe(pods);
    expect(
      await kubectl('get', 'pods', '--all-namespaces', '--output=jsonpath={..restartCount}'),
    ).not.toMatch(/[1-9]/);
    expect(await inPod('client', 'echo still here')).toBe('still here\n');
  }, 120_000);

  test('comes back with its pods when the machine was started again', async () => {
    const layout = layoutOf(cluster);
    await removeGroups(layout);
    await removeNamespaces(layout);
    await disconnect(layout);
    expect(await bare.find(cluster)).toBeNull();

    await bare.up(cluster, report);

    await Promise.all(['web', 'client'].map(ready));
    const { host, port } = running.gateway;
    await until('the gateway answers', moment, async () => (await fetch(`http://${host}:${port}/`)).ok);
  }, 120_000);

  test('keeps its keys to its owner', async () => {
    const { pki, kubeconfig } = layoutOf(cluster);
    expect((await stat(pki)).mode & 0o777).toBe(0o700);
    expect((await stat(kubeconfig)).mode & 0o777).toBe(0o600);
    expect((await stat(join(pki, 'ca.key'))).mode & 0o777).toBe(0o600);
  });

  test('tells what it takes of memory', async () => {
    const uses = await running.memory();
    expect(uses.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['kube-apiserver', 'kubelet', 'pods']),
    );
    const total = uses.reduce((sum, { bytes }) => sum + bytes, 0) / 1024 ** 2; // MiB
    expect(total).toBeGreaterThan(300);
    expect(total).toBeLessThan(2000);
  });

  test('lives beside another one, and leaves nothing when it is taken down', async () => {
    const other = { name: 'trial', directory: await mkdtemp(join(tmpdir(), 'almanac-bare-')) };
    const second = await bare.up(other, report);
    expect(second.gateway.host).not.toBe(running.gateway.host);
    await bare.down(other, report);
    await rm(other.directory, { recursive: true });
    expect(await (await fetch(`http://${running.gateway.host}:${running.gateway.port}/`)).text()).toBe(
      'hello\n',
    );

    const { links, mounts, groups, processes } = machineState(marks());
    for (const seen of [links, mounts, groups, processes]) expect(seen).not.toEqual([]);
    await bare.down(cluster, report);

    expect(machineState(marks())).toEqual(before);
    expect(existsSync(layoutOf(cluster).home)).toBe(false);
    expect(await bare.find(cluster)).toBeNull();
    expect(await readFile(running.kubeconfig, 'utf8').catch(() => null)).toBeNull();
  }, 120_000);
});
