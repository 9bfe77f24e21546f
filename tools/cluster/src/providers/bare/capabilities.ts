import { readFile } from 'node:fs/promises';

/** See capabilities(7). */
const bits = { NET_ADMIN: 12n, SYS_ADMIN: 21n, SYS_RESOURCE: 24n } as const;

/** Whether we have a right that root usually has; root in a container often hasn't. */
export async function hasCapability(name: keyof typeof bits): Promise<boolean> {
  const status = await readFile('/proc/self/status', 'utf8');
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0';
  return ((BigInt(`0x${effective}`) >> bits[name]) & 1n) === 1n;
}
