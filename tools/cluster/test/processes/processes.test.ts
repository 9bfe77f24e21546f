import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processesIn, until } from '../../src/processes';

describe('a process of a cluster', () => {
  const directory = mkdtempSync(join(tmpdir(), 'almanac-processes-'));
  const processes = processesIn(directory);
  const sleeper = { name: 'sleeper', command: 'sleep', args: ['600'] };
  const pidOf = async (name: string) => (await processes.running()).get(name);
  const note = (name: string) => join(directory, 'processes', `${name}.json`);

  afterAll(async () => {
    for (const name of (await processes.running()).keys()) await processes.stop(name);
    rmSync(directory, { recursive: true });
  });

  test('is started once, and found by another command', async () => {
    await processes.start(sleeper);
    const pid = await pidOf('sleeper');
    await processes.start(sleeper);
    expect(await pidOf('sleeper')).toBe(pid);
    expect((await processesIn(directory).running()).get('sleeper')).toBe(pid);
  });

  test('is started anew when its command or its configuration changes', async () => {
    const file = join(directory, 'configuration');
    await processes.start(sleeper);
    const before = await pidOf('sleeper');
    await processes.start({ ...sleeper, files: { [file]: 'a' } });
    const after = await pidOf('sleeper');
    expect(after).not.toBe(before);
    expect(readFileSync(file, 'utf8')).toBe('a');
    expect(() => process.kill(before!, 0)).toThrow('ESRCH');
  });

  test('is stopped, by force if it doesn’t listen', async () => {
    const deaf = {
      name: 'deaf',
      command: 'sh',
      args: ['-c', 'trap "" TERM; echo ready; while :; do sleep 1; done'],
    };
    await processes.start(deaf);
    await processes.expect(
      'deaf',
      'it listens',
      5000,
      async () => readFileSync(processes.log('deaf'), 'utf8') !== '',
    );
    await processes.stop('deaf', 200);
    expect(await pidOf('deaf')).toBeUndefined();
  });

  test('that has its pid from one that ended is left alone', async () => {
    await processes.start({ ...sleeper, name: 'stranger' });
    const pid = (await pidOf('stranger'))!;
    const kept = readFileSync(note('stranger'), 'utf8');
    writeFileSync(note('old'), JSON.stringify({ pid, beginning: 'long ago', definition: '' }));

    expect(await pidOf('old')).toBeUndefined();
    writeFileSync(note('old'), JSON.stringify({ pid, beginning: 'long ago', definition: '' }));
    await processes.stop('old');

    expect(readFileSync(note('stranger'), 'utf8')).toBe(kept);
    expect(await pidOf('stranger')).toBe(pid);
  });

  test('that ends is not waited for, and its last words are told', async () => {
    await processes.start({
      name: 'brief',
      command: 'sh',
      args: ['-c', 'sleep 0.1; echo no space left; exit 1'],
    });
    await expect(processes.expect('brief', 'it answers', 60_000, async () => false)).rejects.toThrow(
      /brief ended before it answers\n.*brief\.log ends with:\nno space left/s,
    );
  });
});

test('what never comes about is named with the last error', async () => {
  const failing = until('the moon is made of cheese', 50, () => Promise.reject(new Error('it’s rock')));
  await expect(failing).rejects.toThrow('in vain until the moon is made of cheese: it’s rock');
});
