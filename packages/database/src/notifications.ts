import { Client, type ClientConfig } from 'pg';

export interface Listener {
  /** @throws Error when there is no connection the first time; later ones are tried again */
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
  let connecting: Promise<void> | null = null;
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
    try {
      await next.connect();
      await next.query(`listen ${channel}`);
    } catch (error) {
      await next.end().catch(() => undefined);
      throw error;
    }
    next.on('end', () => {
      client = null;
      reconnect();
    });
    client = next;
    onNotify(null);
  };
  const reconnect = () => {
    if (stopped) return;
    timer = setTimeout(() => {
      connecting = connect();
      connecting.catch((error: unknown) => {
        onError(error);
        reconnect();
      });
    }, 1_000);
  };
  return {
    start: () => (connecting = connect()),
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await connecting?.catch(() => undefined);
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
    running = null; // in the same breath as the look at `waiting`: a call in between would be lost
  };
  return {
    soon: (payload = '') => {
      waiting.add(payload);
      running ??= run();
    },
    settled: async () => {
      await running;
    },
  };
}
