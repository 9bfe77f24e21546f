import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { ListenOptions, Server } from 'node:net';
import { gitOverHttp } from '../git/http-backend';
import { isSameUser } from '../git/same-user';
import { filesOf } from '../state';
import { forwardTo } from './forward';
import type { ServerOptions } from './options';
import { createHookServer, type Follow } from './received';

/** The repository that may be pushed to; the mirrors of others' may only be read. */
const pushable = 'almanac.git';

/** Addresses that a machine may lack: one that belongs to a virtual machine's host, or IPv6. */
const canBeMissing = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT']);

const listen = async (server: Server, where: ListenOptions, { orNot = false } = {}): Promise<void> => {
  server.listen(where);
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!orNot || !canBeMissing.has(code)) throw error;
  }
};

/**
 * What a cluster needs of this machine: its git server, which pods read and this account pushes to; what
 * follows from a push; and the way from a port of this machine to the gateway.
 */
export const serve = async (
  { directory, gitPort, port, hostAddress, gateway }: ServerOptions,
  follow: Follow,
): Promise<AsyncDisposable> => {
  const { served: root, socket } = filesOf(directory);
  await using parts = new AsyncDisposableStack();
  const start = async (server: Server, where: ListenOptions, options?: { orNot: boolean }) => {
    await listen(server, where, options);
    parts.defer(async () => {
      if (!server.listening) return;
      server.close();
      await once(server, 'close');
    });
  };

  const forHere = createServer(
    gitOverHttp({
      root,
      mayPush: (request, repository) => repository === pushable && isSameUser(request.socket),
    }),
  );
  const forPods = createServer(gitOverHttp({ root, mayPush: () => false }));
  await rm(socket, { force: true }); // of a server that was killed
  await start(createHookServer(follow), { path: socket });
  await start(forHere, { host: '127.0.0.1', port: gitPort });
  // Where it isn't an address of ours, the virtual machine's host brings pods to 127.0.0.1.
  await start(forPods, { host: hostAddress, port: gitPort }, { orNot: true });
  await start(forwardTo(gateway), { host: '127.0.0.1', port });
  await start(forwardTo(gateway), { host: '::1', port, ipv6Only: true }, { orNot: true });
  return parts.move();
};
