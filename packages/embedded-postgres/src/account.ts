import { readFile, stat } from 'node:fs/promises';

/** The numbers by which the system knows a user. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** Whose account the database takes when root starts it, the first that exists. */
const preferred = ['postgres', '_postgres', 'nobody'];

const passwd = async (): Promise<Map<string, Account>> => {
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  return new Map(lines.map(([name = '', , uid, gid]) => [name, { uid: Number(uid), gid: Number(gid) }]));
};

const ownerOf = async (path: string): Promise<Account | undefined> => {
  try {
    const { uid, gid } = await stat(path);
    return uid === 0 ? undefined : { uid, gid };
  } catch {
    return undefined;
  }
};

/**
 * The account PostgreSQL runs under. It refuses to be root, so root lends it one that exists
 * already: that of the data, if there is any (it stays readable when somebody installs a `postgres`
 * user later), else the first preferred.
 *
 * @param data folder of an existing database, or of none yet
 * @returns undefined for: our own, which isn't root
 */
export const databaseAccount = async (data: string): Promise<Account | undefined> => {
  if (process.getuid?.() !== 0) return undefined;
  const users = await passwd();
  const candidates = [await ownerOf(data), ...preferred.map((name) => users.get(name))];
  return candidates.find((account) => account !== undefined && account.uid > 0);
};
