import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { thirdPartyReferences } from '@almanac/images';
import { canonicalName } from '../../src/providers/bare/images';
import { layoutOf, networks } from '../../src/providers/bare/layout';
import { describeLacks } from '../../src/providers/bare/machine';
import { imagesOfManifests, manifestsOf } from '../../src/providers/bare/manifests';
import { parseMounts } from '../../src/providers/bare/mounts';
import { addressIn, formatSubnet, freeSubnet, parseSubnet } from '../../src/providers/bare/subnet';

describe('the subnet of a cluster', () => {
  const first = freeSubnet([], 0);

  test('has an address for each end of the cable', () => {
    expect(formatSubnet(first)).toBe('10.213.0.0/30');
    expect([addressIn(first, 1), addressIn(first, 2)]).toEqual(['10.213.0.1', '10.213.0.2']);
  });

  test.each(['10.213.0.0/30', '10.213.0.2', '10.213.0.0/29', '10.213.0.1/16', '10.0.0.0/8'])(
    'never meets %s, which the machine has',
    (taken) => {
      const network = parseSubnet(taken);
      const attempt = () => formatSubnet(freeSubnet([network], 0));
      if (network.bits <= 16) expect(attempt).toThrow('Every network in 10.213.0.0/16 is taken');
      else expect(attempt()).not.toBe('10.213.0.0/30');
    },
  );

  test('is another for each seed, from the whole range', () => {
    expect(formatSubnet(freeSubnet([], 5))).toBe('10.213.0.20/30');
    expect(formatSubnet(freeSubnet([], 0xffffffff))).toBe('10.213.255.252/30');
  });

  test('takes one that touches no other', () => {
    expect(formatSubnet(freeSubnet([parseSubnet('10.213.0.4/30'), parseSubnet('192.168.0.0/16')], 0))).toBe(
      '10.213.0.0/30',
    );
  });
});

test('two clusters of one name share nothing', () => {
  const [a, b] = ['/a', '/b'].map((directory) => layoutOf({ name: 'local', directory }));
  expect(a!.cgroup).not.toBe(b!.cgroup);
  expect(a!.link).not.toBe(b!.link);
  expect(a!.link.length).toBeLessThanOrEqual(15); // IFNAMSIZ without its end
});

test.each([
  ['postgres:18.4', 'docker.io/library/postgres:18.4'],
  ['postgres', 'docker.io/library/postgres:latest'],
  ['postgres:18.4@sha256:ab', 'docker.io/library/postgres@sha256:ab'],
  ['rancher/x:1', 'docker.io/rancher/x:1'],
  ['ghcr.io/almanac/web@sha256:ab', 'ghcr.io/almanac/web@sha256:ab'],
  ['localhost:5000/x', 'localhost:5000/x:latest'],
  ['localhost/x:1', 'localhost/x:1'],
])('the runtime looks for %s under %s', (reference, name) => {
  expect(canonicalName(reference)).toBe(name);
});

test('what a machine lacks is told at once, with the one command that mends it', () => {
  const lacks = [
    { thing: 'containerd', from: 'containerd' },
    { thing: 'ctr', from: 'containerd' },
    { thing: 'nft', from: 'nftables' },
  ];
  expect(describeLacks(lacks)).toBe(
    'containerd, ctr, nft are missing (on Debian: apt-get install --yes --no-install-recommends containerd nftables)',
  );
});

test('a mount with a space in its path is found', () => {
  const line = '36 35 98:0 net:[4026532201] /a\\040folder/net rw,noatime shared:1 - nsfs nsfs rw\n';
  expect(parseMounts(line)).toEqual([
    { path: '/a folder/net', root: 'net:[4026532201]', type: 'nsfs', options: ['rw'] },
  ]);
});

describe('the manifests of a bare cluster', () => {
  const read = (part: Parameters<typeof manifestsOf>[0], file: string) =>
    readFileSync(join(manifestsOf(part), file), 'utf8');

  test('name images that can be made here, word for word', async () => {
    const images = await imagesOfManifests();
    expect(images).toHaveLength(3);
    expect(Object.values(await thirdPartyReferences())).toEqual(expect.arrayContaining([...images]));
  });

  test('agree with the programs about the networks', () => {
    expect(read('coredns', 'service.yaml')).toContain(`clusterIP: ${networks.dns} `);
    expect(read('calico', 'ip-pool.yaml')).toContain(`cidr: ${networks.pods}\n`);
  });
});
