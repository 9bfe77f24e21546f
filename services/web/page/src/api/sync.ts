import type { Change, SyncClientMessage, SyncServerMessage } from '@almanac/contracts';
import { signal, type ReadonlySignal } from '@preact/signals';
import { backoff } from '../state/backoff';

/** The codes of the contract that tell what to do next. */
const UNAUTHENTICATED = 4401;

export type Connection =
  | { is: 'connecting' }
  | { is: 'live' }
  /** `retryAt` in ms since the epoch. */
  | { is: 'offline'; since: number; retryAt: number };

/** The part of a WebSocket that is needed here. */
export interface Socket {
  send(text: string): void;
  close(): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
}

export interface SyncOptions {
  open: () => Socket;
  token: () => Promise<string | null>;
  renew: () => Promise<string | null>;
  /** The server knows where this device stands. `fresh` means it couldn't fill the gap: list anew. */
  onWelcome: (fresh: boolean) => void;
  onChanges: (changes: Change[]) => void;
  now: () => number;
  random: () => number;
}

export interface Sync {
  readonly connection: ReadonlySignal<Connection>;
  readonly start: () => void;
  readonly stop: () => void;
  /** Tries at once instead of waiting. */
  readonly retry: () => void;
  /** The device has lost its network: don't wait for the socket to notice. */
  readonly lose: () => void;
  /** Shows a socket that is open the next token, before the last one ends. */
  readonly present: (token: string) => void;
}

/**
 * Keeps a socket open over which changes come, and after each break takes up where it was: the
 * cursor says what this device has seen, so nothing is missed and nothing is listed twice.
 */
export function createSync({ open, token, renew, onWelcome, onChanges, now, random }: SyncOptions): Sync {
  const connection = signal<Connection>({ is: 'connecting' });
  let socket: Socket | null = null;
  let cursor: string | null = null;
  let attempt = 0;
  let running = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Tells an attempt that has been overtaken by the next one. */
  let turn = 0;

  const say = (message: SyncClientMessage) => socket?.send(JSON.stringify(message));

  const drop = () => {
    turn++;
    clearTimeout(timer);
    if (socket) socket.onopen = socket.onmessage = socket.onclose = null;
    socket?.close();
    socket = null;
  };

  const wait = () => {
    drop();
    if (!running) return;
    const delay = backoff(attempt++, random());
    const since = connection.value.is === 'offline' ? connection.value.since : now();
    connection.value = { is: 'offline', since, retryAt: now() + delay };
    timer = setTimeout(() => void connect(token), delay);
  };

  const connect = async (getToken: SyncOptions['token']) => {
    drop();
    const mine = turn;
    let bearer: string | null;
    try {
      bearer = await getToken();
    } catch {
      if (mine === turn) wait();
      return;
    }
    if (mine !== turn || bearer === null) return; // overtaken, or signed out
    const hello = bearer;
    socket = open();
    socket.onopen = () => say({ type: 'hello', token: hello, cursor });
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(String(data)) as SyncServerMessage;
      if (message.type === 'welcome') {
        const fresh = cursor === null || message.reset;
        cursor = message.cursor;
        attempt = 0;
        connection.value = { is: 'live' };
        onWelcome(fresh);
      } else {
        cursor = message.cursor;
        onChanges(message.changes);
      }
    };
    socket.onclose = ({ code }) => {
      // A refused token is renewed at once, but only the first time: the second refusal has another reason.
      if (code === UNAUTHENTICATED && attempt === 0) {
        attempt = 1;
        void connect(renew);
      } else wait();
    };
  };

  return {
    connection,
    start: () => {
      running = true;
      attempt = 0;
      connection.value = { is: 'connecting' };
      void connect(token);
    },
    stop: () => {
      running = false;
      drop();
      cursor = null;
    },
    retry: () => {
      if (!running || connection.value.is === 'live') return;
      attempt = 0;
      void connect(token);
    },
    lose: () => {
      if (running) wait();
    },
    present: (next) => {
      if (connection.value.is === 'live') say({ type: 'auth', token: next });
    },
  };
}
