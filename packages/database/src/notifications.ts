import { Client, type ClientConfig } from 'pg';

export interface Listener {
  start(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * LISTEN on a connection of its own, which is made again when it breaks.
 *
 * A notification is a wake-up, never the news itself: some are lost while nobody listens, so after
 * each (re)connection `onNotify` is called once with null, and its owner polls now and then.
 *
 * @param onNotify gets the payload
 */
export function createListener(
  connection: ClientConfig,
  channel: string,
  onNotify: (payload: string | null) => void,
  onError: (error: unknown) => void,
): Listener {
  let client: Client | null = null;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  const connect = async (): Promise<void> => {
    const next = new Client({
      ...connection,
      application_name: `almanac-listen-${channel}`,
      keepAlive: true,
    });
    next.on('notification', ({ payload }) => onNotify(payload ?? null));
    next.on('error', onError);
    next.on('end', () => {
      client = null;
      reconnect();
    });
    await next.connect();
    await next.query(`listen ${channel}`);
    client = next;
    onNotify(null);
  };
  const reconnect = () => {
    if (stopped) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      connect().catch((error: unknown) => {
        onError(error);
        reconnect();
      });
    }, 1_000);
  };
  return {
    start: connect,
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await client?.end();
    },
  };
}

export interface Notifier {
  /** Notifies soon; many calls make few notifications. */
  soon(payload?: string): void;
  /** Resolves when nothing is on its way. */
  settled(): Promise<void>;
}

/**
 * NOTIFY after the commit and coalesced: one on its way and one waiting, however often it is asked
 * for. Inside the write transaction it would take a lock that serialises all commits of the server
 * (https://www.recall.ai/blog/postgres-listen-notify-does-not-scale).
 *
 * @param notify sends one notification with all payloads since the last, at most 200 at a time: PostgreSQL takes 8000 bytes
 */
export function createNotifier(
  notify: (payloads: readonly string[]) => Promise<unknown>,
  onError: (error: unknown) => void,
): Notifier {
  const waiting = new Set<string>();
  let running: Promise<void> | null = null;
  const run = async () => {
    while (waiting.size > 0) {
      const batch = [...waiting].slice(0, 200);
      batch.forEach((payload) => waiting.delete(payload));
      await notify(batch).catch(onError);
    }
  };
  return {
    soon: (payload = '') => {
      waiting.add(payload);
      running ??= run().finally(() => (running = null));
    },
    settled: async () => {
      await running;
    },
  };
}
