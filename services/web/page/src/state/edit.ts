import type { DueInput, Priority, Task } from '@almanac/contracts';

/** What a person can write in a task. */
export interface Draft {
  title: string;
  description: string;
  priority: Priority;
  tags: readonly string[];
  due: DueInput | null;
}
export type Field = keyof Draft;

/** What the page calls the fields. */
export const FIELD_NAMES: Record<Field, string> = {
  title: 'title',
  description: 'notes',
  due: 'due time',
  priority: 'priority',
  tags: 'tags',
};

const FIELDS = Object.keys(FIELD_NAMES) as Field[];

export const draftOf = ({ title, description, priority, tags, due }: Task): Draft => ({
  title,
  description,
  priority,
  tags,
  due: due && { local: due.local, zone: due.zone },
});

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The fields that differ, as they are in `to`: what a PATCH has to say. */
export const difference = (from: Draft, to: Draft): Partial<Draft> =>
  Object.fromEntries(
    FIELDS.filter((field) => !same(from[field], to[field])).map((field) => [field, to[field]]),
  );

export const fieldsOf = (change: Partial<Draft>): Field[] => FIELDS.filter((field) => field in change);

/**
 * Brings an edit on top of what somebody else saved meanwhile.
 *
 * What only they changed is taken over; what both changed stays as it was written here, and is
 * named as contested, so that the person can look at the other version before it is replaced.
 * @param base the task as it was when the edit began
 * @param mine as it stands in the editor
 * @param theirs as it is saved now
 */
export function rebase(
  base: Draft,
  mine: Draft,
  theirs: Draft,
): { draft: Draft; taken: Field[]; contested: Field[] } {
  const [ours, others] = [difference(base, mine), difference(base, theirs)];
  const taken = fieldsOf(others).filter((field) => !(field in ours));
  const contested = fieldsOf(others).filter((field) => field in ours && !same(mine[field], theirs[field]));
  const draft = { ...mine, ...Object.fromEntries(taken.map((field) => [field, theirs[field]])) };
  return { draft, taken, contested };
}
