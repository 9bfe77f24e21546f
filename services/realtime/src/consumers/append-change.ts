import { taskUpdate } from '@almanac/contracts';
import { on } from '@almanac/messaging';
import type { Deps } from '../ports';

/** Appends a change to the feed of its user, once per event. */
export const appendChange = on<Deps, 'task.update', typeof taskUpdate.data>(
  taskUpdate,
  ({ system }, { id, data }) =>
    system('consumer', async ({ feeds, inbox, announce }) => {
      if (!(await inbox.first('append-change', id))) return;
      await feeds.append(data.userId, {
        kind: 'task',
        id: data.taskId,
        version: data.version,
        task: data.task,
      });
      announce(data.userId);
    }),
);
