import { noCommit } from '../src/git/git';
import { followPush, type FollowPushPorts } from '../src/server/follow-push';
import type { Push } from '../src/server/webhooks';

const before = 'a'.repeat(40);
const after = 'b'.repeat(40);
const paths = ['services/web/src/app.ts'];

interface Case extends Partial<FollowPushPorts> {
  readonly ref?: string;
  readonly to?: string;
}

const follow = async ({ ref = 'refs/heads/main', to = after, ...ports }: Case = {}) => {
  const said: string[] = [];
  const told: Push[] = [];
  const built: string[] = [];
  const followed = followPush({
    changedPaths: async () => paths,
    notify: async (push) => {
      told.push(push);
      return [];
    },
    read: async () => ({ toRelease: ['local/dev'], problems: [] }),
    release: async (commit) => void built.push(commit),
    ...ports,
  });
  await followed([{ before, after: to, ref }], (line) => said.push(line));
  return { said, told, built };
};

it('tells Argo CD of a push, then builds it for the environments that get another release', async () => {
  const order: string[] = [];
  const { told, said } = await follow({
    notify: async () => {
      order.push('told');
      return [];
    },
    release: async (commit, say) => {
      order.push(`built ${commit}`);
      say('local/dev gets r-1');
    },
  });

  expect(order).toEqual(['told', `built ${after}`]);
  expect(told).toEqual([]);
  expect(said).toEqual(['Building bbbbbbbbbb for local/dev', 'local/dev gets r-1']);
});

it('builds nothing when no environment would get another release', async () => {
  const { said, told, built } = await follow({ read: async () => ({ toRelease: [], problems: [] }) });

  expect(built).toEqual([]);
  expect(told).toEqual([{ branch: 'main', before, after, paths }]);
  expect(said).toEqual([]);
});

it('says that the commits are kept when their build fails', async () => {
  const { said } = await follow({ release: () => Promise.reject(new Error('esbuild says no')) });

  expect(said.slice(1)).toEqual([
    'esbuild says no',
    'Your commits are kept, and what runs stays as it is. Mend it and push again.',
  ]);
});

it('warns of a release file that can’t be read, with its place, and goes on', async () => {
  const problem = 'clusters/local/environments/production.yaml:3:1: release is no mapping';
  const { said, built } = await follow({
    read: async () => ({ toRelease: ['local/dev'], problems: [problem] }),
  });

  expect(said[0]).toBe(`warning: ${problem}`);
  expect(built).toEqual([after]);
});

it('says who couldn’t be told, and goes on', async () => {
  const { said, built } = await follow({ notify: async () => ['argocd-server didn’t hear of it'] });

  expect(said[0]).toBe('argocd-server didn’t hear of it');
  expect(built).toEqual([after]);
});

it('tells of other branches without building them', async () => {
  const { told, built } = await follow({ ref: 'refs/heads/idea' });

  expect(built).toEqual([]);
  expect(told).toMatchObject([{ branch: 'idea' }]);
});

it.each([
  ['a tag', { ref: 'refs/tags/v1' }],
  ['a branch that goes', { ref: 'refs/heads/idea', to: noCommit }],
])('lets %s pass', async (_, update) => {
  expect(await follow(update)).toEqual({ said: [], told: [], built: [] });
});

describe('pushes that come while another is built', () => {
  /** Builds that end when the test says so. */
  const start = () => {
    const order: string[] = [];
    const ends = new Map<string, (error?: Error) => void>();
    const told: string[] = [];
    const followed = followPush({
      changedPaths: async () => paths,
      notify: async (push) => {
        told.push(push.after);
        return [];
      },
      read: async (commit) => ({
        toRelease: commit.startsWith('release') ? [] : ['local/dev'],
        problems: [],
      }),
      release: async (commit) => {
        order.push(`begin ${commit}`);
        await new Promise<void>((resolve, reject) => {
          ends.set(commit, (error) => (error ? reject(error) : resolve()));
        });
        order.push(`end ${commit}`);
      },
    });
    const push = (commit: string) => {
      const said: string[] = [];
      const done = followed([{ before, after: commit, ref: 'refs/heads/main' }], (line) => said.push(line));
      return { said, done };
    };
    return { order, ends, told, push };
  };
  const settled = () => new Promise(setImmediate);

  it('are built one after the other, and say that they wait', async () => {
    const { order, ends, push } = start();
    const [first, second] = [push('one'), push('two')];
    await settled();
    expect(order).toEqual(['begin one']);
    expect(second.said).toEqual(['Another push is being built; this one comes next.']);

    ends.get('one')!();
    await first.done;
    await settled();
    ends.get('two')!();
    await second.done;

    expect(order).toEqual(['begin one', 'end one', 'begin two', 'end two']);
    expect(first.said).toEqual(['Building one for local/dev']);
  });

  it('are built also when the one before fails', async () => {
    const { order, ends, push } = start();
    const [first, second] = [push('one'), push('two')];
    await settled();
    ends.get('one')!(new Error('no'));
    await first.done;
    await settled();
    ends.get('two')!();
    await second.done;

    expect(order).toEqual(['begin one', 'begin two', 'end two']);
  });

  it('don’t wait when they are release files, as the one by which a build ends', async () => {
    const { ends, told, push } = start();
    const build = push('one');
    await settled();
    await push('release').done;
    expect(told).toEqual(['one', 'release']);

    ends.get('one')!();
    await build.done;
  });
});
