import { v5, v7, validate } from 'uuid';

/** A new UUID v7 (RFC 9562): sorts by creation time, so it is kind to B-tree indexes. */
export const newId = (): string => v7();

/**
 * The UUID v5 of `name` within `namespace`: the same input gives the same id on every machine, so
 * that a thing which must exist once can be created twice without harm.
 *
 * @param namespace a UUID
 */
export const derivedId = (namespace: string, name: string): string => v5(name, namespace);

/** Whether `value` is a UUID of any version. */
export const isId = (value: unknown): value is string => validate(value);
