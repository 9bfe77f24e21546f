import { percentile } from '@almanac/testkit';
import { setTimeout as sleep } from 'node:timers/promises';
import { syncPath, type SyncServerMessage } from '@almanac/contracts';
import { WebSocket } from 'ws';
import type { Environment, ServiceProcess } from '../environment';
import { ms, type Figure } from '../measure';

/** One user's devices, half of them on each replica. */
const perUser = 10;

/** Changes to devices on two replicas, and the return of one that was away. */
export async function sync(
  environment: Environment,
  sockets: number,
  changes: number,
  missed: number,
): Promise<Figure[]> {
  const api = await environment.run('task-api');
  const replicas = [await environment.run('realtime'), await environment.run('realtime')];
  const users = Math.ceil(sockets / perUser);
  const tokens = await Promise.all(
    Array.from({ length: users }, (_, i) =>
      environment.tokenFor(`00000000-0000-7000-8000-5${String(i).padStart(11, '0')}`),
    ),
  );
  const latencies: number[] = [];
  const sent = new Map<string, number>();
  const devices = await connectAll(replicas, tokens, sockets, (message) => {
    if (message.type !== 'changes') return;
    for (const { task } of message.changes) latencies.push(performance.now() - sent.get(task!.title)!);
  });
  for (let i = 0; i < changes; i++) {
    const title = `change ${i}`;
    await create(api.url, tokens[i % users]!, title, (at) => sent.set(title, at));
    await sleep(20);
  }
  const deadline = performance.now() + 30_000;
  while (latencies.length < changes * perUser && performance.now() < deadline) await sleep(20);
  const received = latencies.length;
  for (const device of devices) device.terminate();

  const away = await environment.tokenFor('00000000-0000-7000-8000-60000000000a');
  await fillFeed(environment, '00000000-0000-7000-8000-60000000000a', missed);
  const resumed = await resume(replicas[0]!.url, away, missed);
  for (const running of [...replicas, api]) await running.stop();
  const p99 = percentile(latencies, 0.99);
  return [
    {
      what: `request → other device, ${sockets} sockets on 2 replicas, ${received} of ${changes * perUser} received`,
      value: `p50 ${ms(percentile(latencies, 0.5))}, p99 ${ms(p99)}`,
      aim: 'p99 ≤ 300 ms, all',
      met: p99 <= 300 && received === changes * perUser,
    },
    {
      what: `resume after ${missed} missed changes`,
      value: `${ms(resumed.took)}, ${resumed.received} received`,
      aim: '≤ 2 s, none missing',
      met: resumed.took <= 2_000 && resumed.received === missed,
    },
  ];
}

async function create(
  url: string,
  token: string,
  title: string,
  onSend: (at: number) => void,
): Promise<void> {
  onSend(performance.now());
  const response = await fetch(`${url}/api/v1/tasks`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ title }),
  });
  await response.arrayBuffer();
}

async function connectAll(
  replicas: readonly ServiceProcess[],
  tokens: readonly string[],
  count: number,
  onMessage: (message: SyncServerMessage) => void,
): Promise<WebSocket[]> {
  const devices: WebSocket[] = [];
  for (let i = 0; i < count; i += 50)
    devices.push(
      ...(await Promise.all(
        Array.from({ length: Math.min(50, count - i) }, (_, n) =>
          connect(
            replicas[(i + n) % 2]!.url,
            tokens[Math.floor((i + n) / 2) % tokens.length]!,
            null,
            onMessage,
          ),
        ),
      )),
    );
  return devices;
}

const connect = (
  url: string,
  token: string,
  cursor: string | null,
  onMessage: (message: SyncServerMessage) => void,
): Promise<WebSocket> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}${syncPath}`);
    socket.once('error', reject);
    socket.once('open', () => socket.send(JSON.stringify({ type: 'hello', token, cursor })));
    socket.on('message', (data) => {
      const message = JSON.parse((data as Buffer).toString()) as SyncServerMessage;
      if (message.type === 'welcome') resolve(socket);
      onMessage(message);
    });
  });

async function resume(
  url: string,
  token: string,
  missed: number,
): Promise<{ took: number; received: number }> {
  let received = 0;
  const begun = performance.now();
  const socket = await connect(url, token, '0', (message) => {
    if (message.type === 'changes') received += message.changes.length;
  });
  while (received < missed && performance.now() - begun < 30_000) await sleep(1);
  const took = performance.now() - begun;
  socket.terminate();
  return { took, received };
}

/** What a device misses while it is away. */
async function fillFeed({ admin }: Environment, user: string, count: number): Promise<void> {
  await admin.query('insert into realtime.feed_head (user_id, head) values ($1, $2)', [user, count]);
  await admin.query(
    `insert into realtime.feed (user_id, position, change)
     select $1, n, json_build_object('kind', 'task', 'id', id, 'version', 1, 'task', json_build_object(
       'id', id, 'title', 'missed ' || n, 'description', '', 'status', 'open', 'priority', 'medium', 'tags', '[]'::json, 'due', null,
       'createdAt', '2026-11-21T09:30:00.000Z', 'updatedAt', '2026-11-21T09:30:00.000Z', 'completedAt', null, 'version', 1))
     from (select n, uuidv7() as id from generate_series(1, $2::int) n) numbered`,
    [user, count],
  );
}
