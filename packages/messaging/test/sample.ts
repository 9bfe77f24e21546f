import type { CloudEvent } from '@almanac/contracts';
import { newId } from '@almanac/kernel';
import type { Message } from '../src';

/** What a sample event says: the n-th of its key, from 0. */
export interface Sample {
  readonly n: number;
}

/** An event of a type that no contract knows, so that any data will do. */
export const sampleEvent = (key: string, data: unknown, type = 'sample.happened'): CloudEvent => ({
  specversion: '1.0',
  id: newId(),
  source: '/services/sample',
  type,
  subject: `sample/${key}`,
  time: new Date().toISOString(),
  datacontenttype: 'application/json',
  dataschema: `/events/${type}/1`,
  partitionkey: key,
  data,
});

export const sampleMessage = (key: string, n: number): Message => ({
  topic: 'task-events',
  key,
  event: sampleEvent(key, { n } satisfies Sample),
});

export const keysOf = (count: number): string[] => Array.from({ length: count }, (_, i) => `key-${i}`);

/** `count` messages of each key, numbered from `from`; the keys take turns. */
export const sampleMessages = (keys: readonly string[], count: number, from = 0): Message[] =>
  Array.from({ length: count }, (_, i) => keys.map((key) => sampleMessage(key, from + i))).flat();

export interface Handled {
  readonly key: string;
  readonly n: number;
  /** Nanoseconds of the machine's clock, the same in all processes. */
  readonly at: bigint;
}

export const handledOf = (event: CloudEvent): Handled => ({
  key: event.partitionkey,
  n: (event.data as Sample).n,
  at: process.hrtime.bigint(),
});

/** The numbers that were handled of a key, in the order of their first time. */
export const orderOf = (handled: readonly Handled[], key: string): number[] => [
  ...new Set(
    handled
      .filter((one) => one.key === key)
      .sort((a, b) => (a.at < b.at ? -1 : 1))
      .map(({ n }) => n),
  ),
];

export const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

/** How many different events were handled. */
export const distinct = (handled: readonly Handled[]): number =>
  new Set(handled.map(({ key, n }) => `${key} ${n}`)).size;
