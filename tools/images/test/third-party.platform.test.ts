import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { waitUntil } from '@almanac/testkit';
import { nameInContainerd } from '../src/oci/reference';
import { thirdPartyReferences, writeThirdPartyImages } from '../src/third-party';

const run = promisify(execFile);

/** A containerd of this test alone, with one image: its containers have a read-only root, as our pods do. */
async function containerd(name: string) {
  const folder = await mkdtemp(join(tmpdir(), 'almanac-images-'));
  const socket = join(folder, 'containerd.sock');
  const settings = join(folder, 'config.toml');
  await writeFile(
    settings,
    `version = 2
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt"]
root = "${folder}/root"
state = "${folder}/state"
[grpc]
address = "${socket}"
[debug]
address = "${folder}/debug.sock"
`,
  );
  const daemon = spawn('/usr/bin/containerd', ['--config', settings], { stdio: 'ignore' });
  const ended = once(daemon, 'exit');
  const ctr = async (...args: string[]): Promise<string> => {
    const { stdout, stderr } = await run('ctr', ['--address', socket, '--namespace', 'test', ...args]);
    return stdout + stderr;
  };
  await waitUntil(() => ctr('version'), { timeout: 30_000, every: 100, until: 'containerd answers' });

  const reference = (await thirdPartyReferences())[name]!;
  const [archive] = await writeThirdPartyImages([reference], { to: join(folder, 'images') });
  await ctr('images', 'import', archive!);
  return {
    folder,
    ctr,
    /** What a command in a container of the image prints. */
    run: (options: readonly string[], ...command: string[]) =>
      ctr('run', '--rm', '--read-only', ...options, nameInContainerd(reference), 'one', ...command),
    image: nameInContainerd(reference),
    [Symbol.asyncDispose]: async () => {
      daemon.kill();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const temporary = (at: string): readonly string[] => ['--mount', `type=tmpfs,dst=${at},options=mode=1777`];

describe('where nothing can be pulled', () => {
  it.each([
    ['argocd', ['argocd', 'version', '--client'], /argocd: v+3\.5\.3/],
    [
      'argocd',
      ['sh', '-c', 'git version; kustomize version; gpg --version; ssh -V; id -u'],
      /git version.*\n999/s,
    ],
    ['busybox', ['sh', '-c', 'mkdir /tmp/a || id'], /uid=0/],
    ['coredns', ['/coredns', '-version'], /CoreDNS-1\.14\.7/],
    ['local-path-provisioner', ['local-path-provisioner', '--help'], /Local Path Provisioner/],
    ['metrics-server', ['/metrics-server', '--help'], /--kubelet-request-timeout/],
    ['redis', ['docker-entrypoint.sh', '--version'], /Redis server v=/],
    ['traefik', ['/usr/local/bin/traefik', 'version'], /OS\/Arch: +linux/],
  ] as const)(
    '%s runs from an image that was written here',
    async (name, command, output) => {
      await using node = await containerd(name);
      expect(await node.run([], ...command)).toMatch(output);
    },
    120_000,
  );

  it('PostgreSQL makes its data folder at the first start and takes what is there at the second', async () => {
    await using node = await containerd('postgres');
    const data = join(node.folder, 'data');
    await mkdir(data);
    await run('chown', ['999:999', data]);
    const options = [
      ...['--mount', `type=bind,src=${data},dst=/var/lib/postgresql,options=rbind:rw`],
      ...['/tmp', '/dev/shm', '/var/run/postgresql'].flatMap(temporary),
      ...['--env', 'POSTGRES_PASSWORD=secret', '--env', 'POSTGRES_DB=almanac'],
    ];
    let execs = 0;
    const inside = (...command: string[]) =>
      node.ctr('task', 'exec', '--exec-id', String(++execs), 'one', ...command);
    const sql = (text: string) =>
      inside('sh', '-c', `PGPASSWORD=secret psql -h 127.0.0.1 -U postgres -d almanac -Atc "${text}"`);

    for (const [statement, answer] of [
      ['CREATE TABLE kept AS SELECT 42 AS answer', 'SELECT 1\n'],
      ["SELECT answer || current_setting('max_connections') FROM kept", '42300\n'],
    ] as const) {
      const stopped = node.run(options, 'docker-entrypoint.sh', '-c', 'max_connections=300');
      await waitUntil(() => inside('pg_isready'), {
        timeout: 60_000,
        every: 200,
        until: 'PostgreSQL answers',
      });
      expect(await sql(statement)).toBe(answer);
      await node.ctr('task', 'kill', '--signal', 'SIGINT', 'one');
      expect(await stopped).toContain('database system is shut down');
    }
  }, 120_000);
});
