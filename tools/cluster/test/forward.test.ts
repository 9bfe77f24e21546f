import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { forwardTo } from '../src/server/forward';

const servers: Server[] = [];
const listening = async (server: Server) => {
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return server.address() as { port: number };
};
const through = async (gateway: Server): Promise<Socket> => {
  const { port } = await listening(gateway);
  const target = { host: '127.0.0.1', port };
  return connect({ ...(await listening(forwardTo(target))), host: '127.0.0.1', allowHalfOpen: true });
};

afterEach(() => {
  servers.splice(0).forEach((server) => server.close());
});

it('passes both directions on, also when one of them has ended', async () => {
  const gateway = createServer({ allowHalfOpen: true }, (socket) => {
    void text(socket).then((question) => socket.end(`you said ${question}`));
  });
  const client = await through(gateway);
  client.end('hello');

  expect(await text(client)).toBe('you said hello');
});

it('hangs up when the gateway breaks off', async () => {
  const client = await through(createServer((socket) => socket.resetAndDestroy()));
  client.on('error', () => undefined);
  client.resume().end();

  await once(client, 'close');
});

it('hangs up on the gateway when the client breaks off', async () => {
  const gateway = createServer();
  const client = await through(gateway);
  const [behind] = (await once(gateway, 'connection')) as [Socket];
  behind.on('error', () => undefined).resume();
  client.resetAndDestroy();

  await once(behind, 'close');
});

it('hangs up when there is no gateway', async () => {
  const gateway = createServer();
  const { port } = await listening(gateway);
  gateway.close();
  const forwarder = await listening(forwardTo({ host: '127.0.0.1', port }));
  const client = connect({ ...forwarder, host: '127.0.0.1' }).on('error', () => undefined);

  await once(client.resume(), 'close');
});
