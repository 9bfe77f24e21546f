import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { ConfigError, type ConfigProblem } from './config-error';
import { unknownSettings, type Environment } from './unknown-settings';

/**
 * Reads the settings of a program from its environment.
 *
 * An empty variable is an unset one. Instead of `NAME` there may be `NAME_FILE`, the path of a file
 * that holds the value, as secrets are mounted; a line break at its end doesn't count.
 *
 * @param schema a zod object whose keys are the variables' names; `.describe()` what each is for,
 *   which is told when it is missing
 * @param warn is told of variables that begin with `ALMANAC_` and are no settings here. That is no
 *   error: several programs may find their settings in the same pod or shell
 * @throws ConfigError that names each variable that is missing or wrong, and why; never its value
 */
export function loadConfig<Schema extends z.ZodObject>(
  schema: Schema,
  env: Environment = process.env,
  warn: (message: string) => void = (message) => {
    process.emitWarning(message);
  },
): Readonly<z.output<Schema>> {
  const names = Object.keys(schema.shape);
  unknownSettings(names, env).forEach(warn);

  const values: Record<string, string> = {};
  const problems: ConfigProblem[] = [];
  for (const name of names) {
    const { value, reason } = read(name, env, names);
    if (value) values[name] = value;
    if (reason) problems.push({ name, reason });
  }
  const unreadable = new Set(problems.map(({ name }) => name));

  const { success, data, error } = schema.safeParse(values);
  for (const issue of error?.issues ?? []) {
    const name = issue.path.length > 0 ? String(issue.path[0]) : 'together';
    if (!unreadable.has(name)) problems.push({ name, reason: reasonOf(schema, name, issue, values[name]) });
  }
  if (!success || problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(data);
}

/** The value of a variable, if it has one; or the reason why that can't be told. */
function read(
  name: string,
  env: Environment,
  names: readonly string[],
): { readonly value?: string | undefined; readonly reason?: string } {
  const fileName = `${name}_FILE`;
  const path = names.includes(fileName) ? undefined : env[fileName];
  if (!path) return { value: env[name] };
  if (env[name]) return { reason: `${fileName} is set too; only one of them can count` };
  try {
    return { value: readFileSync(path, 'utf8').replace(/\r?\n$/, '') };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { reason: `the file that ${fileName} names can’t be read (${code})` };
  }
}

function reasonOf(
  schema: z.ZodObject,
  name: string,
  issue: z.core.$ZodIssue,
  value: string | undefined,
): string {
  const setting = schema.shape[name] as z.ZodType | undefined;
  if (setting && value === undefined) return ['missing', setting.description].filter(Boolean).join('; ');
  const [, item] = issue.path;
  const message = typeof item === 'number' ? `value ${item + 1} ${issue.message}` : issue.message;
  // Zod's own messages don't tell the value, but those of a schema's author might.
  return value && value.length >= 4 ? message.replaceAll(value, '…') : message;
}
