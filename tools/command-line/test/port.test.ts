import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { UsageError } from '../src/arguments';
import { choosePort } from '../src/port';

const servers: Server[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => once(server.close(), 'close'))));

/** @returns the port of somebody else */
const occupy = async (host: string, port = 0): Promise<number> => {
  const server = createServer((socket) => socket.destroy()).listen(port, host);
  servers.push(server);
  await once(server, 'listening');
  return (server.address() as { port: number }).port;
};

it('takes the port that is asked for', async () => {
  const port = await occupy('127.0.0.1');
  await Promise.all(servers.splice(0).map((server) => once(server.close(), 'close')));

  expect(await choosePort(port)).toEqual({ port, insteadOf: undefined });
});

const hasIpv6 = Object.values(networkInterfaces()).some((own) =>
  own?.some(({ family }) => family === 'IPv6'),
);

it.each(['127.0.0.1', '0.0.0.0', ...(hasIpv6 ? ['::', '::1'] : [])])(
  'does not take one that somebody has on %s, where localhost may lead',
  async (host) => {
    const port = await occupy(host);

    await expect(choosePort(port)).rejects.toThrow(UsageError);
  },
);

it('takes the next when the usual one is taken, and says so', async () => {
  const free = await choosePort(undefined);
  if (free.port === 8080) await occupy('127.0.0.1', 8080);
  const next = await choosePort(undefined);

  expect(next.port).toBeGreaterThan(8080);
  expect(next.insteadOf).toBe(8080);
});
