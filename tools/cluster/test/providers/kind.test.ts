import type { Report } from '../../src/providers';
import { createKindProvider } from '../../src/providers/kind';
import { fakePrograms } from '../support/fake-programs';

const report: Report = { step: (_title, run) => run(), note: () => undefined };
const cluster = { name: 'local', directory: '/state/local' };
const node = 'almanac-local-control-plane';
const target = '--name almanac-local --kubeconfig /state/local/kubeconfig';

const answering = {
  'docker info --format={{.ServerVersion}}': '28.5.1\n',
  'kind version --quiet': '0.31.0\n',
};
const ready = {
  [`docker exec ${node} kubectl --kubeconfig=/etc/kubernetes/admin.conf get --raw=/readyz`]: 'ok',
  [`docker exec ${node} getent ahostsv4 host.docker.internal`]: 2,
  'docker network inspect kind --format={{range .IPAM.Config}}{{println .Gateway}}{{end}}':
    'fc00:f853:ccd:e793::1\n172.18.0.1\n',
  [`docker port ${node} 30080/tcp`]: '127.0.0.1:38231\n',
};

describe('the provider kind', () => {
  test('is there where a Docker engine answers', async () => {
    using programs = fakePrograms(['docker', 'kind'], answering);
    const kind = createKindProvider(programs.execute);
    expect(await kind.available()).toBeNull();
  });

  test('names everything that is missing at once', async () => {
    using programs = fakePrograms(['docker', 'kind'], {
      'docker info *': 1,
      'kind version --quiet': '0.23.0\n',
    });
    const kind = createKindProvider(programs.execute);
    const reason = await kind.available();
    expect(reason).toContain('no Docker engine answers');
    expect(reason).toContain('kind 0.23.0 doesn’t enforce NetworkPolicies');
  });

  test('makes a cluster whose gateway is on a free port of this machine', async () => {
    using programs = fakePrograms(['docker', 'kind'], {
      ...ready,
      'kind get clusters --quiet': 'other\n',
      [`kind create cluster ${target} --config - --wait 3m`]: '',
    });
    const kind = createKindProvider(programs.execute);
    expect(await kind.up(cluster, report)).toMatchObject({
      kubeconfig: '/state/local/kubeconfig',
      hostAddress: '172.18.0.1',
      gateway: { host: '127.0.0.1', port: 38231 },
      needsImages: false,
    });
    expect(programs.calls()).toContain(`kind create cluster ${target} --config - --wait 3m`);
  });

  test('starts a cluster again that was stopped with the machine', async () => {
    using programs = fakePrograms(['docker', 'kind'], {
      ...ready,
      'kind get clusters --quiet': 'almanac-local\n',
      [`docker start ${node}`]: `${node}\n`,
      [`kind export kubeconfig ${target}`]: '',
    });
    const kind = createKindProvider(programs.execute);
    await kind.up(cluster, report);
    expect(programs.calls()).not.toContainEqual(expect.stringContaining('create'));
  });

  test('knows this machine by its name where Docker runs in a machine of its own', async () => {
    using programs = fakePrograms(['docker', 'kind'], {
      ...ready,
      [`docker exec ${node} getent ahostsv4 host.docker.internal`]:
        '192.168.65.254  STREAM host.docker.internal\n',
    });
    const kind = createKindProvider(programs.execute);
    expect(await kind.find(cluster)).toMatchObject({ hostAddress: '192.168.65.254' });
  });

  test('gives each archive to the node', async () => {
    using programs = fakePrograms(['docker', 'kind'], { ...ready, 'kind load image-archive *': '' });
    const kind = createKindProvider(programs.execute);
    await (await kind.find(cluster))!.loadImages(['/images/a.tar', '/images/b.tar']);
    expect(programs.calls().slice(-2)).toEqual([
      'kind load image-archive /images/a.tar --name almanac-local',
      'kind load image-archive /images/b.tar --name almanac-local',
    ]);
  });

  test('deletes its own cluster and no other', async () => {
    using programs = fakePrograms(['docker', 'kind'], {
      'kind get clusters --quiet': 'other\nalmanac-local\n',
      [`kind delete cluster ${target}`]: '',
    });
    const kind = createKindProvider(programs.execute);
    await kind.down(cluster, report);
    await kind.down({ ...cluster, name: 'gone' }, report);
    expect(programs.calls().filter((line) => line.includes('delete'))).toEqual([
      `kind delete cluster ${target}`,
    ]);
  });
});
