import { z } from 'zod';
import { Task } from './tasks';
import { Id } from './api';

/** Where the live-sync WebSocket is. */
export const syncPath = '/api/v1/sync';

/** A change to show: the newest state wins, told by `version`. */
export const Change = z
  .object({
    kind: z.literal('task'),
    id: Id,
    version: z.int().positive(),
    task: Task.nullable().meta({ description: 'Null when it was deleted.' }),
  })
  .meta({ id: 'Change' });
export type Change = z.infer<typeof Change>;

/**
 * What a device says. First `hello`; `cursor` is the last one it was given, null when it has none
 * (then it lists afresh after `welcome`). `auth` brings a new token before the old one ends.
 */
export const SyncClientMessage = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('hello'),
    token: z.string().max(8192),
    cursor: z.string().max(100).nullable(),
  }),
  z.strictObject({ type: z.literal('auth'), token: z.string().max(8192) }),
]);
export type SyncClientMessage = z.infer<typeof SyncClientMessage>;

/**
 * What the service says. `reset` in `welcome` means: the cursor is older than what is kept, list
 * afresh. `changes` come in order; the device keeps the newest `cursor`.
 */
export const SyncServerMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('welcome'), cursor: z.string(), reset: z.boolean() }),
  z.object({ type: z.literal('changes'), cursor: z.string(), changes: z.array(Change) }),
]);
export type SyncServerMessage = z.infer<typeof SyncServerMessage>;

/** Why the service closed a socket, beyond RFC 6455's own codes. */
export const syncClose = {
  unauthenticated: 4401,
  badMessage: 4400,
  tooManySockets: 4429,
} as const;
