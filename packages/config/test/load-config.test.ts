import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { boolean, ConfigError, duration, list, loadConfig, port, text, url, type Environment } from '../src';

const secretValue = 'hunter2-hunter2';

const Settings = z.object({
  PORT: port().default(8080),
  DATABASE_URL: url('postgres', 'postgresql').describe('where the database is, as postgres://…'),
  SESSION_SECRET: z.string().min(12, 'must have 12 characters at least').describe('signs sessions'),
  LOG_LEVEL: z.enum(['info', 'debug']).default('info'),
  ALMANAC_ORIGINS: list(url()).default([]),
  ALMANAC_GRACE: duration().optional(),
  ALMANAC_SIGN_UP: boolean().default(true),
});

const good = { DATABASE_URL: 'postgres://almanac@db/almanac', SESSION_SECRET: secretValue };

const load = (env: Environment, schema: z.ZodObject = Settings): { config: unknown; warnings: string[] } => {
  const warnings: string[] = [];
  return { config: loadConfig(schema, env, (message) => warnings.push(message)), warnings };
};

const problemsOf = (env: Environment, schema?: z.ZodObject): ConfigError => {
  try {
    load(env, schema);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('the configuration was taken');
};

describe('the configuration', () => {
  test('has typed values, and defaults for what isn’t set', () => {
    const config = loadConfig(Settings, {
      ...good,
      ALMANAC_GRACE: '10s',
      ALMANAC_ORIGINS: 'https://a.b, https://c.d',
    });
    const typed: { PORT: number; ALMANAC_GRACE?: number | undefined; ALMANAC_ORIGINS: string[] } = config;
    expect(typed).toEqual({
      ...good,
      PORT: 8080,
      LOG_LEVEL: 'info',
      ALMANAC_ORIGINS: ['https://a.b', 'https://c.d'],
      ALMANAC_GRACE: 10_000,
      ALMANAC_SIGN_UP: true,
    });
  });

  test('can’t be changed afterwards, and holds nothing of the rest of the environment', () => {
    const config = loadConfig(Settings, { ...good, PATH: '/bin' });
    expect(Object.isFrozen(config)).toBe(true);
    expect(config).not.toHaveProperty('PATH');
  });

  test('takes an empty variable for an unset one', () => {
    expect(load({ ...good, PORT: '' }).config).toMatchObject({ PORT: 8080 });
    expect(problemsOf({ ...good, DATABASE_URL: '' }).message).toContain('DATABASE_URL: missing');
  });

  test('is read from the environment of the process unless another is given', () => {
    expect(loadConfig(z.object({ PATH: text() })).PATH).toBe(process.env.PATH);
  });
});

describe('a wrong environment', () => {
  test('is refused with everything that is wrong, and why', () => {
    const { problems, message } = problemsOf({
      PORT: '80a',
      SESSION_SECRET: 'short',
      LOG_LEVEL: 'loud',
      ALMANAC_ORIGINS: 'https://a.b,ftp://c.d',
      ALMANAC_GRACE: '10',
      ALMANAC_SIGN_UP: 'perhaps',
    });
    expect(problems).toEqual([
      { name: 'PORT', reason: 'must be a whole number' },
      { name: 'DATABASE_URL', reason: 'missing; where the database is, as postgres://…' },
      { name: 'SESSION_SECRET', reason: 'must have 12 characters at least' },
      { name: 'LOG_LEVEL', reason: 'Invalid option: expected one of "info"|"debug"' },
      { name: 'ALMANAC_ORIGINS', reason: 'value 2 must be a URL that begins with https:// or http://' },
      { name: 'ALMANAC_GRACE', reason: 'must be a duration such as 250ms, 30s, 5m, 1h30m or 7d' },
      { name: 'ALMANAC_SIGN_UP', reason: 'must be true or false' },
    ]);
    for (const { name, reason } of problems) expect(message).toContain(`${name}: ${reason}`);
  });

  test('is never told with its values', () => {
    const telltale = z.string().superRefine((value, context) => {
      context.addIssue({ code: 'custom', message: `${value} is not good` });
    });
    const schema = z.object({
      TOKEN: telltale,
      PLAIN: z.url(),
      LEVEL: z.enum(['a']),
      SWITCH: boolean(),
      PORT: port(),
    });
    const names = Object.keys(schema.shape);
    const error = problemsOf(Object.fromEntries(names.map((name) => [name, secretValue])), schema);
    expect(error.problems.map(({ name }) => name)).toEqual(names);
    expect(error.message).toContain('TOKEN: … is not good');
    expect(JSON.stringify(error.problems) + error.message + String(error.stack)).not.toContain(secretValue);
  });

  test('may be one whose settings don’t fit together', () => {
    const schema = z
      .object({ MIN: z.string(), MAX: z.string() })
      .refine(({ MIN, MAX }) => MIN <= MAX, 'MIN must not exceed MAX');
    expect(problemsOf({ MIN: '2', MAX: '1' }, schema).problems).toEqual([
      { name: 'together', reason: 'MIN must not exceed MAX' },
    ]);
  });
});

describe('a setting in a file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'almanac-config-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const file = (content: string): string => {
    const path = join(folder, 'value');
    writeFileSync(path, content);
    return path;
  };
  const { DATABASE_URL } = good;

  test.each([
    ['as it is', secretValue],
    ['without the line break at its end', `${secretValue}\n`],
    ['without the line break that Windows writes', `${secretValue}\r\n`],
  ])('is taken %s', (_how, content) => {
    const { config, warnings } = load({ DATABASE_URL, SESSION_SECRET_FILE: file(content) });
    expect(config).toMatchObject({ SESSION_SECRET: secretValue });
    expect(warnings).toEqual([]);
  });

  test('keeps all else, other line breaks and spaces too', () => {
    const { config } = load({ DATABASE_URL, SESSION_SECRET_FILE: file(' first line\nsecond line \n\n') });
    expect(config).toMatchObject({ SESSION_SECRET: ' first line\nsecond line \n' });
  });

  test('is checked like any other', () => {
    expect(problemsOf({ DATABASE_URL, SESSION_SECRET_FILE: file('short') }).problems).toEqual([
      { name: 'SESSION_SECRET', reason: 'must have 12 characters at least' },
    ]);
  });

  test('is missing when the file is empty', () => {
    expect(problemsOf({ DATABASE_URL, SESSION_SECRET_FILE: file('\n') }).problems).toEqual([
      { name: 'SESSION_SECRET', reason: 'missing; signs sessions' },
    ]);
  });

  test.each([
    ['ENOENT', () => join(folder, 'nothing')],
    ['EISDIR', () => folder],
  ])('is a problem when it can’t be read: %s', (code, path) => {
    expect(problemsOf({ DATABASE_URL, SESSION_SECRET_FILE: path() }).problems).toEqual([
      { name: 'SESSION_SECRET', reason: `the file that SESSION_SECRET_FILE names can’t be read (${code})` },
    ]);
  });

  test('must not be set beside it', () => {
    expect(problemsOf({ ...good, SESSION_SECRET_FILE: file(secretValue) }).problems).toEqual([
      { name: 'SESSION_SECRET', reason: 'SESSION_SECRET_FILE is set too; only one of them can count' },
    ]);
  });

  test('is not what a setting means that itself ends in _FILE', () => {
    const schema = z.object({ LOG: text().optional(), LOG_FILE: text() });
    expect(load({ LOG_FILE: '/not/there' }, schema).config).toEqual({ LOG_FILE: '/not/there' });
  });
});

describe('an unknown setting', () => {
  test('is told of with the nearest known one, and is no error', () => {
    const { warnings } = load({ ...good, ALMANAC_ORIGIN: 'x', ALMANAC_PROT: '1', ALMANAC_GRACE_FILES: '/x' });
    expect(warnings).toEqual([
      'ALMANAC_GRACE_FILES is set, but is no setting here; the nearest is ALMANAC_GRACE',
      'ALMANAC_ORIGIN is set, but is no setting here; the nearest is ALMANAC_ORIGINS',
      'ALMANAC_PROT is set, but is no setting here; the nearest is PORT',
    ]);
  });

  test('is told of also when the configuration is refused', () => {
    const warnings: string[] = [];
    expect(() =>
      loadConfig(Settings, { ALMANAC_DATABASE_URL: 'x' }, (message) => warnings.push(message)),
    ).toThrow(ConfigError);
    expect(warnings).toEqual([
      'ALMANAC_DATABASE_URL is set, but is no setting here; the nearest is DATABASE_URL',
    ]);
  });

  test('is a warning of the process unless said otherwise', () => {
    const emit = jest.spyOn(process, 'emitWarning').mockImplementation();
    loadConfig(z.object({}), { ALMANAC_X: '1' });
    expect(emit).toHaveBeenCalledWith('ALMANAC_X is set, but is no setting here');
  });

  test('is none of ours, or comes from Kubernetes: then it doesn’t matter', () => {
    const { warnings } = load({
      ...good,
      HOME: '/root',
      ALMANAC_WEB_SERVICE_HOST: '10.0.0.7',
      ALMANAC_WEB_SERVICE_PORT: '80',
      ALMANAC_WEB_SERVICE_PORT_HTTP: '80',
      ALMANAC_WEB_PORT: 'tcp://10.0.0.7:80',
      ALMANAC_WEB_PORT_80_TCP: 'tcp://10.0.0.7:80',
      ALMANAC_WEB_PORT_80_TCP_ADDR: '10.0.0.7',
    });
    expect(warnings).toEqual([]);
  });
});
