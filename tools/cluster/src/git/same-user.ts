import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';

/** `127.0.0.1:8080` as the kernel writes it in /proc/net/tcp: bytes of the address backwards, in hex. */
const inHex = (address: string, port: number): string => {
  const bytes = address
    .replace(/^::ffff:/, '')
    .split('.')
    .map(Number)
    .reverse();
  return `${Buffer.from(bytes).toString('hex')}:${port.toString(16).padStart(4, '0')}`.toUpperCase();
};

/** Columns of /proc/net/tcp and tcp6, see proc(5). */
const column = { local: 1, remote: 2, uid: 7 };

/**
 * The account that holds the other end of a connection over 127.0.0.1.
 *
 * @returns undefined where the kernel doesn't tell (it isn't Linux, or the other end is gone)
 */
const peerUid = async ({ remoteAddress = '', remotePort = 0, localAddress = '', localPort = 0 }: Socket) => {
  const [theirs, ours] = [inHex(remoteAddress, remotePort), inHex(localAddress, localPort)];
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const lines = (await readFile(table, 'latin1').catch(() => '')).split('\n');
    const fields = lines
      .map((line) => line.trim().split(/\s+/))
      .find((line) => line[column.local]?.endsWith(theirs) && line[column.remote]?.endsWith(ours));
    if (fields !== undefined) return Number(fields[column.uid]);
  }
  return undefined;
};

/**
 * Whether the other end of a connection over loopback is of our own account, or root's. What is pushed is
 * built, so who may push may run programs as us; on a machine that several people share, not all of them may.
 * Only Linux tells; elsewhere everybody on this machine counts.
 */
export const isSameUser = async (socket: Socket): Promise<boolean> => {
  if (process.platform !== 'linux') return true;
  const uid = await peerUid(socket);
  return uid === 0 || uid === process.getuid?.();
};
