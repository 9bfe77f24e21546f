import { z } from 'zod';

// What the values of environment variables are read with. They are strings before, so zod's own
// schemas of strings (`z.enum`, `z.email` …) fit as well; `.default()` and `.optional()` as usual.

/** Text that isn't blank; without space around it. */
export const text = () => z.string().trim().min(1, 'must not be blank');

/** A whole number, in decimal digits. */
export const integer = ({ min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = {}) =>
  z
    .string()
    .trim()
    .regex(/^[+-]?\d{1,16}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min, `must be ${min} or more`).max(max, `must be ${max} or less`));

/** A TCP port; 0 is any that is free. */
export const port = () =>
  z
    .string()
    .refine(
      (value) => !value.startsWith('tcp://'),
      'is what Kubernetes sets for a Service of this name; set enableServiceLinks: false in the pod',
    )
    .pipe(integer({ min: 0, max: 65_535 }));

/** `true`, `yes`, `on`, `1` and their opposites, in any case. */
export const boolean = () =>
  z.stringbool({
    truthy: ['true', 'yes', 'on', '1'],
    falsy: ['false', 'no', 'off', '0'],
    error: 'must be true or false',
  });

const unitMillis = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const durationPart = /(\d{1,9})(ms|s|m|h|d)/g;

/**
 * A duration, `250ms` or `1h30m`, as milliseconds. The unit must be said: a bare number is what one
 * reads as seconds and the other as milliseconds.
 */
export const duration = () =>
  z
    .string()
    .trim()
    .regex(/^(\d{1,9}(ms|s|m|h|d))+$/, 'must be a duration such as 250ms, 30s, 5m, 1h30m or 7d')
    .transform((value) =>
      [...value.matchAll(durationPart)].reduce(
        (sum, [, count, unit]) => sum + Number(count) * unitMillis[unit as keyof typeof unitMillis],
        0,
      ),
    );

/** Values between commas, spaces around them and empty ones left out: `a, b` is `['a', 'b']`. */
export const list = <Item extends z.ZodType<unknown, string>>(item: Item) =>
  z
    .string()
    .transform((value) =>
      value
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .pipe(z.array(item));

/**
 * An absolute URL, as it was given.
 *
 * @param schemes which are allowed, e.g. `postgres`; none means http and https
 */
export const url = (...schemes: readonly string[]) => {
  const allowed = schemes.length > 0 ? schemes : ['https', 'http'];
  const isAllowed = (value: string): boolean =>
    URL.canParse(value) && allowed.includes(new URL(value).protocol.slice(0, -1));
  return z
    .string()
    .trim()
    .refine(
      isAllowed,
      `must be a URL that begins with ${allowed.map((scheme) => `${scheme}://`).join(' or ')}`,
    );
};
