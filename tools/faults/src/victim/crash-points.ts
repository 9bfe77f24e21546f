/** A statement, told by its text and by what ran before it in its transaction. */
export interface Match {
  readonly statement: RegExp;
  readonly within?: RegExp;
}

/** When the process dies: before the statement is sent, with it on its way, or after its answer came. */
export type Side = 'before' | 'during' | 'after';

/** A place in the product's work at which its process is killed. */
export interface CrashPoint {
  readonly name: string;
  readonly about: string;
  readonly side: Side;
  /** A statement; or the answer to a request that writes, when it is good. */
  readonly at: Match | 'answer';
  /** Execution comes by a few times a second only, however much is asked of the product. */
  readonly rare?: true;
  /** An effect that fails for every third event meanwhile, so that events are parked. */
  readonly failing?: RegExp;
}

const commit = /\bcommit$/i;
const writesTask = /^(insert into|update) "task_api"\."task"/i;
const storesKey = /insert into task_api\.idempotency_key/;
const addsToOutbox = /insert into task_api\.outbox/;
const takesFromOutbox = /from task_api\.outbox where lane/;
const deletesFromOutbox = /delete from task_api\.outbox/;
const appends = /insert into bus\.event/;
const claims = /from bus\.group_offset o join bus\.partition p .* for update of o skip locked/s;
const movesOffset = /update bus\.group_offset set position/;
const parks = /insert into bus\.parked/;
const unparks = /delete from bus\.parked where id/;
const appendsToFeed = /insert into realtime\.feed /;
const publishesHead = /insert into audit\.outbox/;

/** The statements of the two groups that name an event by their second parameter. */
export const recordsEvent = /insert into audit\.audit_log/;
export const notesEvent = /insert into realtime\.inbox/;

/** The ways through the product, in the order of an event's life. */
export const crashPoints: readonly CrashPoint[] = [
  {
    name: 'task.before-outbox',
    about: 'the task is written, its events are not, nothing is committed',
    side: 'before',
    at: { statement: addsToOutbox },
  },
  {
    name: 'task.before-commit',
    about: 'task and events are written, the commit isn’t sent',
    side: 'before',
    at: { statement: commit, within: writesTask },
  },
  {
    name: 'task.during-commit',
    about: 'the commit is on its way',
    side: 'during',
    at: { statement: commit, within: writesTask },
  },
  {
    name: 'task.after-commit',
    about: 'committed, and nobody was told: neither the client nor the relay',
    side: 'after',
    at: { statement: commit, within: writesTask },
  },
  {
    name: 'idempotency.before-commit',
    about: 'a creation and its idempotency key are written, not committed',
    side: 'before',
    at: { statement: commit, within: storesKey },
  },
  {
    name: 'idempotency.after-commit',
    about: 'a creation is committed with its idempotency key, the client will ask again',
    side: 'after',
    at: { statement: commit, within: storesKey },
  },
  {
    name: 'answer.before',
    about: 'the answer is made, but not sent',
    side: 'before',
    at: 'answer',
  },
  {
    name: 'answer.after',
    about: 'the client has its answer; the event is still in the outbox or just behind it',
    side: 'after',
    at: 'answer',
  },
  {
    name: 'relay.after-read',
    about: 'the relay has locked and read the outbox, and published nothing',
    side: 'after',
    at: { statement: takesFromOutbox },
  },
  {
    name: 'relay.during-append',
    about: 'the append to the log is on its way',
    side: 'during',
    at: { statement: appends },
  },
  {
    name: 'relay.after-append',
    about: 'published, and not yet deleted from the outbox',
    side: 'after',
    at: { statement: appends },
  },
  {
    name: 'relay.before-commit',
    about: 'published and deleted from the outbox, the deletion isn’t committed',
    side: 'before',
    at: { statement: commit, within: deletesFromOutbox },
  },
  {
    name: 'relay.after-commit',
    about: 'the outbox is empty, no group was woken',
    side: 'after',
    at: { statement: commit, within: deletesFromOutbox },
  },
  {
    name: 'bus.after-claim',
    about: 'a group has locked a partition, and handled nothing',
    side: 'after',
    at: { statement: claims },
    rare: true,
  },
  {
    name: 'audit.before-commit',
    about: 'an audit entry is written, not committed',
    side: 'before',
    at: { statement: commit, within: recordsEvent },
  },
  {
    name: 'audit.after-commit',
    about: 'an audit entry is committed, its group’s offset is not',
    side: 'after',
    at: { statement: commit, within: recordsEvent },
  },
  {
    name: 'audit.head-before-commit',
    about: 'the head of the audit chain is about to be published',
    side: 'before',
    at: { statement: commit, within: publishesHead },
    rare: true,
  },
  {
    name: 'realtime.before-commit',
    about: 'a change is in the feed, not committed',
    side: 'before',
    at: { statement: commit, within: appendsToFeed },
  },
  {
    name: 'realtime.after-commit',
    about: 'a change is committed to the feed, its group’s offset is not',
    side: 'after',
    at: { statement: commit, within: appendsToFeed },
  },
  {
    name: 'bus.before-offset-commit',
    about: 'a batch has its effects, its offset is written, not committed',
    side: 'before',
    at: { statement: commit, within: movesOffset },
    rare: true,
  },
  {
    name: 'bus.after-offset-commit',
    about: 'a batch is done, with its offset',
    side: 'after',
    at: { statement: commit, within: movesOffset },
    rare: true,
  },
  {
    name: 'bus.before-parking-commit',
    about: 'an event that failed is parked, and those behind it, not committed',
    side: 'before',
    at: { statement: commit, within: parks },
    failing: recordsEvent,
    rare: true,
  },
  {
    name: 'bus.after-retry',
    about: 'a parked event had its effect at last, and is parked still',
    side: 'before',
    at: { statement: unparks },
    failing: notesEvent,
    rare: true,
  },
];
