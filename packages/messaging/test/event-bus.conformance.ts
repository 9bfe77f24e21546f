import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError, newId } from '@almanac/kernel';
import { waitUntil } from '@almanac/testkit';
import { consume, onAny, type DeadLetter, type Handler, type RetryPolicy } from '../src';
import type { BusEnvironment, Capabilities, Connect, MemberOptions, Participant } from './bus-environment';
import {
  distinct,
  handledOf,
  keysOf,
  orderOf,
  sampleEvent,
  sampleMessage,
  sampleMessages,
  upTo,
  type Handled,
} from './sample';

/** What every adapter of {@link EventBus} has to pass. */
export function describeEventBus(
  name: string,
  createEnvironment: () => Promise<BusEnvironment>,
  { ordered, atomicBatches }: Capabilities,
): void {
  let environment: BusEnvironment;
  let participants: Participant[];
  let children: ChildProcess[];

  const connect = async (options?: { retry?: RetryPolicy }): Promise<Participant> => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- the same module as in a member's own process
    const { connect } = require(environment.adapter) as { connect: Connect };
    const participant = await connect(environment.connection, options);
    participants.push(participant);
    return participant;
  };
  const topics = ['task-events'] as const;
  /** Adds a member to a group, and returns what it handles. */
  const join = async (group: string, handle?: Handler, retry?: RetryPolicy): Promise<Handled[]> => {
    const handled: Handled[] = [];
    const bus = await connect(retry && { retry });
    await bus.subscribe({
      group,
      topics,
      handle: async (event, delivery) => {
        await handle?.(event, delivery);
        handled.push(handledOf(event));
      },
    });
    return handled;
  };
  /** A member in a process of its own, that tells of each event it handles. */
  const forkMember = async (group: string): Promise<ChildProcess> => {
    const { adapter, connection } = environment;
    const options: MemberOptions = { adapter, connection, group, topics };
    const child = fork(require.resolve('./member'), [JSON.stringify(options)], {
      execArgv: ['-r', require.resolve('ts-node/register')],
    });
    children.push(child);
    await once(child, 'message');
    return child;
  };
  const numberOf = (event: Parameters<Handler>[0]) => handledOf(event).n;
  const letters = (group: string) => environment.deadLetters.list({ group, limit: 100 });
  const firstLetter = (group: string): Promise<DeadLetter> =>
    waitUntil(async () => (await letters(group))[0]);
  const when = (capability: true | string) => (sentence: string, run: () => Promise<void>) =>
    capability === true ? test(sentence, run) : test.skip(`${sentence} (not here: ${capability})`, run);

  describe(name, () => {
    jest.setTimeout(30_000);

    beforeEach(async () => {
      participants = [];
      children = [];
      environment = await createEnvironment();
    });

    afterEach(async () => {
      for (const child of children) child.kill('SIGKILL');
      await Promise.all(participants.map((participant) => participant.stop()));
      await environment.dispose();
    });

    describe('delivers', () => {
      test('each event to each group once, and to one member of the group', async () => {
        const alone = await join('alone');
        const three = await Promise.all([join('three'), join('three'), join('three')]);
        const bus = await connect();
        const keys = keysOf(20);
        await bus.publish(sampleMessages(keys, 10));
        await waitUntil(() => alone.length >= 200 && three.flat().length >= 200, { timeout: 20_000 });
        await bus.publish(sampleMessages(keys, 1, 10)); // a second delivery would have come before these
        await waitUntil(() => alone.length >= 220 && three.flat().length >= 220, { timeout: 20_000 });
        for (const handled of [alone, three.flat()]) {
          expect(distinct(handled)).toBe(220);
          expect(handled).toHaveLength(220);
        }
      });

      test('an event as it was published', async () => {
        const message = {
          ...sampleMessage('key', 0),
          event: sampleEvent('key', { n: 0, text: 'Ærø 🌊 \u0000 "\\' }),
        };
        const received: unknown[] = [];
        await join('group', (event, delivery) => Promise.resolve(void received.push({ event, ...delivery })));
        await (await connect()).publish([message]);
        await waitUntil(() => received.length > 0);
        expect(received).toEqual([{ event: message.event, attempt: 1, topic: 'task-events', key: 'key' }]);
      });

      test('from the beginning to a group that comes later', async () => {
        const bus = await connect();
        await bus.publish(sampleMessages(keysOf(5), 10));
        const handled = await join('late');
        await waitUntil(() => distinct(handled) === 50);
      });

      test('only the topics that a group asked for', async () => {
        const handled = await join('group');
        const bus = await connect();
        await bus.publish([{ ...sampleMessage('elsewhere', 0), topic: 'task-updates' }]);
        await bus.publish(sampleMessages(['key'], 3));
        await waitUntil(() => distinct(handled) === 3);
        expect(handled.filter(({ key }) => key !== 'key')).toEqual([]);
      });

      test('10,000 events through three members', async () => {
        const members = await Promise.all([join('group'), join('group'), join('group')]);
        const bus = await connect();
        const keys = keysOf(100);
        for (let from = 0; from < 100; from += 5) await bus.publish(sampleMessages(keys, 5, from));
        await waitUntil(() => distinct(members.flat()) === 10_000, {
          timeout: 25_000,
          until: () => ({ handled: distinct(members.flat()) }),
        });
        for (const handled of members) expect(handled).not.toHaveLength(0);
        if (ordered === true) for (const key of keys) expect(orderOf(members.flat(), key)).toEqual(upTo(100));
      });
    });

    describe('keeps the order of a key', () => {
      when(ordered)('over retries', async () => {
        const tries: number[] = [];
        const handled = await join('group', (event, { attempt }) => {
          tries.push(attempt);
          // 0 is handled at once, 1 at the second try, 2 at the third, 3 at once …
          return attempt <= numberOf(event) % 3 ? Promise.reject(new Error('not yet')) : Promise.resolve();
        });
        const keys = keysOf(4);
        await (await connect()).publish(sampleMessages(keys, 15));
        await waitUntil(() => distinct(handled) === 60, { timeout: 20_000 });
        for (const key of keys) expect(orderOf(handled, key)).toEqual(upTo(15));
        expect(Math.max(...tries)).toBe(3);
        expect(await letters('group')).toEqual([]);
      });

      when(ordered)('that fails, while it delays no other', async () => {
        let mended = false;
        const handled = await join(
          'group',
          ({ partitionkey }) =>
            partitionkey === 'key-3' && !mended ? Promise.reject(new Error('broken')) : Promise.resolve(),
          { attempts: 100_000, firstDelay: 2, maxDelay: 10 },
        );
        const keys = keysOf(40);
        await (await connect()).publish(sampleMessages(keys, 10));
        await waitUntil(() => distinct(handled) === 39 * 10, { timeout: 20_000 });
        expect(orderOf(handled, 'key-3')).toEqual([]);
        mended = true;
        await waitUntil(() => distinct(handled) === 400);
        for (const key of keys) expect(orderOf(handled, key)).toEqual(upTo(10));
      });

      when(ordered)('while members join', async () => {
        const slowly: Handler = () => pause(1);
        const members = [await join('group', slowly)];
        const bus = await connect();
        const keys = keysOf(16);
        for (let from = 0; from < 50; from += 10) {
          await bus.publish(sampleMessages(keys, 10, from));
          if (members.length < 3) members.push(await join('group', slowly));
        }
        await waitUntil(() => distinct(members.flat()) === 800, { timeout: 20_000 });
        for (const key of keys) expect(orderOf(members.flat(), key)).toEqual(upTo(50));
      });

      when(ordered)('when a member is killed in the middle', async () => {
        const handled = await join('group', () => pause(2));
        const killed: Handled[] = [];
        const child = await forkMember('group');
        child.on('message', ({ at, ...rest }: { key: string; n: number; at: string }) =>
          killed.push({ ...rest, at: BigInt(at) }),
        );
        const all = () => [...handled, ...killed];
        const bus = await connect();
        const keys = keysOf(16);
        let published = 0;
        while (killed.length < 30) {
          await bus.publish(sampleMessages(keys, 20, published));
          published += 20;
          await waitUntil(() => killed.length >= 30 || distinct(all()) === published * 16, {
            timeout: 20_000,
          });
        }
        child.kill('SIGKILL');
        await once(child, 'close');
        await bus.publish(sampleMessages(keys, 5, published));
        await waitUntil(() => distinct(all()) === (published + 5) * 16, { timeout: 20_000 });
        for (const key of keys) expect(orderOf(all(), key)).toEqual(upTo(published + 5));
      });

      when(ordered)('when all connections are cut in the middle, three times', async () => {
        const members = await Promise.all([join('group', () => pause(1)), join('group', () => pause(1))]);
        const bus = await connect();
        const keys = keysOf(16);
        const done = () => distinct(members.flat());
        for (let from = 0; from < 60; from += 5)
          // A batch whose publication failed may be there all the same: at least once.
          await waitUntil(() => bus.publish(sampleMessages(keys, 5, from)).then(() => true));
        for (const share of [0.2, 0.5, 0.8]) {
          await waitUntil(() => done() >= share * 960, { timeout: 20_000 });
          await environment.cutConnections();
        }
        await waitUntil(() => done() === 960, { timeout: 20_000 });
        for (const key of keys) expect(orderOf(members.flat(), key)).toEqual(upTo(60));
      });
    });

    describe('sets a bad message aside', () => {
      const failing =
        (bad: number, tries: number[] = []): Handler =>
        (event, { attempt }) => {
          if (numberOf(event) !== bad) return Promise.resolve();
          tries.push(attempt);
          return Promise.reject(new Error('can’t be digested: \u0000'));
        };

      test('after its tries, with its cause; and its key goes on', async () => {
        const tries: number[] = [];
        const handled = await join('group', failing(0, tries));
        const messages = sampleMessages(['key'], 3);
        await (await connect()).publish(messages);
        await waitUntil(() => distinct(handled) === 2);
        expect(tries).toEqual([1, 2, 3]);
        expect(await letters('group')).toEqual([
          {
            id: expect.any(String) as string,
            group: 'group',
            topic: 'task-events',
            key: 'key',
            attempts: 3,
            error: expect.stringMatching(/^Error: can’t be digested/) as string,
            failedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
            event: messages[0]?.event,
          },
        ]);
      });

      test('at once when it breaks its contract, and no handler sees it', async () => {
        const seen: number[] = [];
        await consume(
          await connect(),
          'group',
          [onAny('task-events', (_deps, event) => Promise.resolve(void seen.push(numberOf(event))))],
          {},
          () => undefined,
        );
        const broken = { ...sampleMessage('key', 0), event: sampleEvent('key', { n: 0 }, 'task.created') };
        await (await connect()).publish([broken, ...sampleMessages(['key'], 1, 1)]);
        await waitUntil(() => seen.length > 0);
        expect(seen).toEqual([1]);
        const letter = await firstLetter('group');
        expect(letter).toMatchObject({ attempts: 1, event: broken.event });
        expect(letter.error).toMatch(/^PermanentError: task\.created: /);
      });

      test('but not because something it needs is away for a while', async () => {
        let refusals = 0;
        const handled = await join('group', (event) =>
          numberOf(event) === 0 && ++refusals <= 10 // more often than there are tries
            ? Promise.reject(new AppError('unavailable', 'The database is away.'))
            : Promise.resolve(),
        );
        await (await connect()).publish(sampleMessages(['key'], 2));
        await waitUntil(() => distinct(handled) === 2);
        expect(refusals).toBe(11);
        expect(await letters('group')).toEqual([]);
        if (ordered === true) expect(orderOf(handled, 'key')).toEqual([0, 1]);
      });

      when(ordered)('and gives it back when asked to, behind what waits of its key', async () => {
        let broken = true;
        let away = true;
        let refusals = 0;
        const handled = await join('group', (event) => {
          const n = numberOf(event);
          if (n === 0 && broken) return Promise.reject(new Error('broken'));
          if (n === 1 && away) return Promise.reject(new AppError('unavailable', `away ${++refusals}`));
          return Promise.resolve();
        });
        const bus = await connect();
        await bus.publish(sampleMessages(['key'], 1));
        const { id } = await firstLetter('group');
        await bus.publish(sampleMessages(['key'], 2, 1));
        await waitUntil(() => refusals > 1); // so that what is behind it waits as well
        broken = false;
        expect(await environment.deadLetters.redrive(id)).toBe(true);
        away = false;
        await waitUntil(() => distinct(handled) === 3);
        expect(orderOf(handled, 'key')).toEqual([1, 2, 0]);
        expect(await letters('group')).toEqual([]);
        expect(await environment.deadLetters.redrive(id)).toBe(false);
      });

      test('again when it fails again', async () => {
        const tries: number[] = [];
        await join('group', failing(0, tries));
        await (await connect()).publish(sampleMessages(['key'], 1));
        const first = await firstLetter('group');
        await environment.deadLetters.redrive(first.id);
        const second = await waitUntil(async () =>
          (await letters('group')).find(({ id }) => id !== first.id),
        );
        expect(second).toMatchObject({ attempts: 3, event: first.event });
        expect(tries).toEqual([1, 2, 3, 1, 2, 3]);
      });

      test('and forgets it when told to', async () => {
        const handled = await join('group', failing(0));
        await (await connect()).publish(sampleMessages(['key'], 1));
        const { id } = await firstLetter('group');
        expect(await environment.deadLetters.discard(id, 'nobody needs it')).toBe(true);
        expect(await letters('group')).toEqual([]);
        expect(await environment.deadLetters.redrive(id)).toBe(false);
        expect(await environment.deadLetters.discard(id, 'nobody needs it')).toBe(false);
        expect(handled).toEqual([]);
      });

      test('of one group, and not of the others', async () => {
        await join('picky', failing(0));
        const handled = await join('easy');
        await (await connect()).publish(sampleMessages(['key'], 1));
        await firstLetter('picky');
        await waitUntil(() => distinct(handled) === 1);
        expect(await letters('easy')).toEqual([]);
        const { deadLetters } = environment;
        expect(await deadLetters.list({ topic: 'task-updates', limit: 10 })).toEqual([]);
        expect(await deadLetters.list({ topic: 'task-events', limit: 10 })).toHaveLength(1);
        expect(await deadLetters.list({ limit: 0 })).toEqual([]);
      });

      test.each(['nonsense', newId()])('and knows no letter %p', async (id) => {
        expect(await environment.deadLetters.redrive(id)).toBe(false);
        expect(await environment.deadLetters.discard(id, 'a test’s')).toBe(false);
      });
    });

    describe('takes a batch', () => {
      when(atomicBatches)('as a whole or not at all', async () => {
        const handled = await join('group');
        const bus = await connect();
        const impossible = { ...sampleMessage('key', 1), event: sampleEvent('key', 1n) }; // no JSON has a bigint
        const batch = [...sampleMessages(keysOf(20), 1), impossible];
        await expect(bus.publish(batch)).rejects.toThrow(/BigInt/);
        await bus.publish(sampleMessages(['good'], 1));
        await waitUntil(() => handled.length > 0);
        expect(handled).toEqual([expect.objectContaining({ key: 'good', n: 0 })]);
      });

      test('of nothing', async () => {
        await (await connect()).publish([]);
      });

      test('of a thousand, and ones that are published at the same time', async () => {
        const handled = await join('group');
        const buses = await Promise.all([connect(), connect()]);
        const keys = keysOf(10);
        await Promise.all(buses.map((bus, i) => bus.publish(sampleMessages(keys, 100, i * 100))));
        await waitUntil(() => distinct(handled) === 2_000, { timeout: 20_000 });
        expect(handled).toHaveLength(2_000);
      });
    });

    describe('when it stops', () => {
      test('waits for what is in hand, takes no more, and loses nothing', async () => {
        const story: string[] = [];
        let release: () => void = () => undefined;
        const gate = new Promise<void>((resolve) => (release = resolve));
        const bus = await connect();
        const running = await bus.subscribe({
          group: 'group',
          topics,
          handle: async (event) => {
            story.push(`begun ${numberOf(event)}`);
            await gate;
            await pause(5);
            story.push(`handled ${numberOf(event)}`);
          },
        });
        await bus.publish(sampleMessages(['key'], 20));
        await waitUntil(() => story.length > 0);
        const stopped = running.stop().then(() => story.push('stopped'));
        release();
        await stopped;
        expect(story).toEqual(['begun 0', 'handled 0', 'stopped']);

        const rest = await join('group');
        await waitUntil(() => distinct(rest.filter(({ n }) => n > 0)) === 19);
        if (ordered === true) expect(orderOf(rest, 'key').filter((n) => n > 0)).toEqual(upTo(20).slice(1));
        expect(story).toHaveLength(3);
      });

      test('lets others in its group go on at once', async () => {
        const bus = await connect();
        const running = await bus.subscribe({ group: 'group', topics, handle: () => pause(5) });
        await bus.publish(sampleMessages(keysOf(16), 20));
        const others = await join('group');
        await running.stop();
        await bus.publish(sampleMessages(['last'], 1));
        await waitUntil(() => others.some(({ key }) => key === 'last'));
      });
    });
  });
}
