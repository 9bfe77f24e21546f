import fc from 'fast-check';
import type { z } from 'zod';
import { boolean, duration, integer, list, port, text, url } from '../src';

const takes = (schema: z.ZodType, value: string): unknown => schema.parse(value);
const refuses = (schema: z.ZodType, value: string): boolean => !schema.safeParse(value).success;

describe('a duration', () => {
  test.each([
    ['0ms', 0],
    ['250ms', 250],
    ['30s', 30_000],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['7d', 604_800_000],
    [' 1d2h3m4s5ms ', 93_784_005],
  ])('%s is %d ms', (value, millis) => {
    expect(takes(duration(), value)).toBe(millis);
  });

  test.each(['10', '10 s', '-1s', '1.5h', 's', '1w', '1S', '1h 30m', '', '1e3s', '1s,2s', '9999999999s'])(
    'is not %j',
    (value) => {
      expect(refuses(duration(), value)).toBe(true);
    },
  );
});

describe('a port', () => {
  test.each([
    ['0', 0],
    ['8080', 8080],
    ['65535', 65_535],
  ])('may be %s', (value, number) => {
    expect(takes(port(), value)).toBe(number);
  });

  test.each(['-1', '65536', '80.5', '0x50', '8e3', 'http', '', 'NaN'])('is not %j', (value) => {
    expect(refuses(port(), value)).toBe(true);
  });

  test('that Kubernetes set for a Service says so', () => {
    const { error } = port().safeParse('tcp://10.0.0.1:80');
    expect(error?.issues.map(({ message }) => message).join()).toContain('enableServiceLinks');
  });
});

describe('a whole number', () => {
  test('is read back as it was written', () => {
    fc.assert(fc.property(fc.maxSafeInteger(), (number) => takes(integer(), String(number)) === number));
  });

  test('stays within its limits', () => {
    const few = integer({ min: 1, max: 3 });
    expect(['1', '3'].map((value) => takes(few, value))).toEqual([1, 3]);
    expect(['0', '4', '-1', '1.0', '', '12345678901234567'].every((value) => refuses(few, value))).toBe(true);
  });

  test('is not one that JavaScript would round', () => {
    expect(refuses(integer(), '9007199254740993')).toBe(true);
  });
});

describe('a switch', () => {
  test.each(['true', 'TRUE', 'yes', 'on', '1'])('is on by %j', (value) => {
    expect(takes(boolean(), value)).toBe(true);
  });
  test.each(['false', 'False', 'no', 'off', '0'])('is off by %j', (value) => {
    expect(takes(boolean(), value)).toBe(false);
  });
  test.each(['', 't', 'enabled', '2', 'nope'])('is not %j', (value) => {
    expect(refuses(boolean(), value)).toBe(true);
  });
});

describe('a list', () => {
  test.each([
    ['a', ['a']],
    [' a , b,c ', ['a', 'b', 'c']],
    ['a,,b,', ['a', 'b']],
    [',', []],
  ])('%j is %j', (value, items) => {
    expect(takes(list(text()), value)).toEqual(items);
  });

  test('has items of any kind, each of them checked', () => {
    expect(takes(list(port()), '80, 443')).toEqual([80, 443]);
    expect(refuses(list(port()), '80, https')).toBe(true);
  });
});

describe('a URL', () => {
  test('is http or https unless said otherwise', () => {
    expect(takes(url(), ' https://almanac.example/x?y#z ')).toBe('https://almanac.example/x?y#z');
    expect(takes(url('postgres'), 'postgres://u:p@h:5432/d')).toBe('postgres://u:p@h:5432/d');
  });

  test.each([
    '',
    '/path',
    'almanac.example',
    '//host',
    'ftp://h',
    'javascript:alert(1)',
    'http://',
    'https://a b',
  ])('is not %j', (value) => {
    expect(refuses(url(), value)).toBe(true);
  });
});

test('text isn’t blank, and loses the space around it', () => {
  expect(takes(text(), ' a b ')).toBe('a b');
  expect(refuses(text(), ' \t ')).toBe(true);
});
