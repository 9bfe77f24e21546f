import { setTimeout as pause } from 'node:timers/promises';
import type { Connect, MemberOptions } from './bus-environment';
import { handledOf } from './sample';

/** Handles events slowly, and tells its parent when it is ready and of each event. To be killed. */
async function main({ adapter, connection, group, topics }: MemberOptions): Promise<void> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- which one, the parent says
  const { connect } = require(adapter) as { connect: Connect };
  const bus = await connect(connection);
  await bus.subscribe({
    group,
    topics,
    handle: async (event) => {
      await pause(2);
      const { at, ...handled } = handledOf(event);
      process.send?.({ ...handled, at: String(at) });
    },
  });
  process.send?.('ready');
}

void main(JSON.parse(process.argv[2] ?? '') as MemberOptions);
