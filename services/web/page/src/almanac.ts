import { computed, effect, signal, untracked, type ReadonlySignal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { createHttp } from './api/http';
import { createSession, type Session } from './api/session';
import { createSync, type Socket, type Sync } from './api/sync';
import { createPreferences, type Preferences } from './state/preferences';
import { createTasks, type Tasks } from './state/tasks';
import { createToasts, type Toasts } from './state/toasts';
import { dayAt, type Day } from './time/zone';

/** Everything the views share. */
export interface Almanac {
  readonly session: Session;
  readonly tasks: Tasks;
  readonly sync: Sync;
  readonly toasts: Toasts;
  readonly preferences: Preferences;
  /** Now, renewed every half minute. Milliseconds since the epoch. */
  readonly now: ReadonlySignal<number>;
  /** The zone the account keeps its time in. */
  readonly zone: ReadonlySignal<string>;
  /** The day it is there. */
  readonly today: ReadonlySignal<Day>;
  /** Grows with each change that came over the socket: what else is read from the server may be old. */
  readonly pulse: ReadonlySignal<number>;
}

const newKey = (): string => {
  // randomUUID is there on https and localhost only; a phone that tries out http://192.168… has none.
  if ('randomUUID' in crypto) return crypto.randomUUID();
  const bytes = (crypto as Crypto).getRandomValues(new Uint8Array(16));
  bytes.set([((bytes[6] ?? 0) & 0x0f) | 0x40], 6);
  bytes.set([((bytes[8] ?? 0) & 0x3f) | 0x80], 8);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
};

/** Puts the parts together in a browser, and connects them to its events. */
export function createAlmanac(): Almanac {
  const clock = signal(Date.now());
  setInterval(() => (clock.value = Date.now()), 30_000);

  const session = createSession(
    createHttp((...request) => fetch(...request)),
    Date.now,
  );
  const zone = computed(
    () => session.account.value?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
  );
  const toasts = createToasts();
  const tasks = createTasks({ http: session.http, toasts, zone: () => zone.value, now: Date.now, newKey });
  const pulse = signal(0);
  const sync = createSync({
    open: () => new WebSocket(`${location.origin.replace(/^http/, 'ws')}/api/v1/sync`) as Socket,
    token: session.token,
    renew: session.renew,
    onWelcome: (fresh) => {
      // Only what is read after the welcome is sure to have no gap before the first change.
      if (fresh || tasks.phase.value.is === 'failed') void tasks.refresh();
      tasks.resend();
      pulse.value++;
    },
    onChanges: (changes) => {
      tasks.receive(changes);
      pulse.value++;
    },
    now: Date.now,
    random: Math.random,
  });
  session.onToken(sync.present);

  const user = computed(() => session.account.value?.id);
  effect(() => {
    if (user.value) untracked(sync.start);
    return () => {
      sync.stop();
      tasks.reset();
    };
  });
  addEventListener('online', sync.retry);
  addEventListener('offline', sync.lose);
  document.addEventListener('visibilitychange', () => {
    clock.value = Date.now();
    if (!document.hidden) sync.retry();
  });

  return {
    session,
    tasks,
    sync,
    toasts,
    preferences: createPreferences(localStorage),
    now: clock,
    zone,
    today: computed(() => dayAt(clock.value, zone.value)),
    pulse,
  };
}

export const AlmanacContext = createContext<Almanac | null>(null);

export function useAlmanac(): Almanac {
  const almanac = useContext(AlmanacContext);
  if (!almanac) throw new Error('useAlmanac outside of its provider');
  return almanac;
}
