import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { run, until } from '../../processes';
import { addressesIn, type Addresses, type Layout } from './layout';
import { runInside } from './namespaces';
import { formatSubnet, freeSubnet, parseSubnet, type Subnet } from './subnet';

interface Interface {
  readonly addr_info: readonly {
    readonly family: string;
    readonly local: string;
    readonly prefixlen: number;
  }[];
}

interface Route {
  readonly dst: string;
}

const listed = async <Item>(...args: readonly string[]): Promise<readonly Item[]> =>
  JSON.parse((await run('ip', ['-json', '-4', ...args])) || '[]') as Item[];

/** What this machine has an address in or a way to. */
async function takenSubnets(): Promise<readonly Subnet[]> {
  const interfaces = await listed<Interface>('address', 'show');
  const routes = await listed<Route>('route', 'show', 'table', 'all');
  return [
    ...interfaces.flatMap(({ addr_info }) =>
      addr_info.map(({ local, prefixlen }) => `${local}/${prefixlen}`),
    ),
    ...routes.map(({ dst }) => dst).filter((dst) => /^\d/.test(dst)),
  ].map(parseSubnet);
}

/** The addresses of a cluster; null if it has none yet. */
export async function addressesOf({ subnetFile }: Layout): Promise<Addresses | null> {
  const text = await readFile(subnetFile, 'utf8').catch(() => null);
  return text === null ? null : addressesIn(parseSubnet(text.trim()));
}

/** Picks the cluster's addresses once: its certificates name them. */
export async function chooseAddresses(layout: Layout): Promise<Addresses> {
  const known = await addressesOf(layout);
  if (known) return known;
  const subnet = freeSubnet(await takenSubnets(), layout.seed);
  await mkdir(dirname(layout.subnetFile), { recursive: true });
  await writeFile(layout.subnetFile, formatSubnet(subnet));
  return addressesIn(subnet);
}

const succeeds = (command: Promise<unknown>): Promise<boolean> =>
  command.then(
    () => true,
    () => false,
  );

const isConnected = async (layout: Layout): Promise<boolean> =>
  (await succeeds(run('ip', ['link', 'show', layout.link]))) &&
  (await succeeds(runInside(layout, 'ip', 'route', 'get', '192.0.2.1'))); // any address beyond the cable

/** A cable from this machine into the cluster's network, and the way out of it over this machine. */
export async function connect(layout: Layout, { host, node, subnet }: Addresses): Promise<void> {
  const { link, namespaces } = layout;
  if (await isConnected(layout)) return;
  await disconnect(layout);
  const [, bits = ''] = subnet.split('/');
  await run('ip', ['link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespaces.net]);
  await run('ip', ['address', 'add', `${host}/${bits}`, 'dev', link]);
  await run('ip', ['link', 'set', link, 'up']);
  await runInside(layout, 'ip', 'address', 'add', `${node}/${bits}`, 'dev', 'eth0');
  await runInside(layout, 'ip', 'link', 'set', 'eth0', 'up');
  await runInside(layout, 'ip', 'route', 'add', 'default', 'via', host);
}

/** The cable goes with the cluster's network as well, a moment after its last process. */
export async function disconnect({ link }: Layout): Promise<void> {
  const exists = () => succeeds(run('ip', ['link', 'show', link]));
  if (await exists()) await succeeds(run('ip', ['link', 'delete', link]));
  await until(`the link ${link} is gone`, 5000, async () => !(await exists()));
}
