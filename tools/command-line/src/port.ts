import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { UsageError } from './arguments';

/** Ports tried from the preferred one on, before any free one will do. */
const attempts = 20;

/** Both that `localhost` may mean: a browser that finds somebody on ::1 never comes to us. */
const addresses = ['127.0.0.1', '::1'];

const answers = async (host: string, port: number): Promise<boolean> => {
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
};

/** @returns the port we could listen on, or undefined: it is taken, or not for us */
const tryListening = async (port: number): Promise<number | undefined> => {
  const server = createServer().listen(port, addresses[0]);
  try {
    await once(server, 'listening');
    return (server.address() as { port: number }).port;
  } catch {
    return undefined;
  } finally {
    server.close();
  }
};

const isFree = async (port: number): Promise<boolean> => {
  const taken = await Promise.all(addresses.map((address) => answers(address, port)));
  return !taken.includes(true) && (await tryListening(port)) !== undefined;
};

export interface ChosenPort {
  readonly port: number;
  /** The one it would have been; none unless that is taken. */
  readonly insteadOf: number | undefined;
}

/**
 * The port to serve on.
 *
 * @param wanted exactly this one; without it, `preferred` or the next that is free
 * @throws UsageError when the one that is wanted can't be had
 */
export const choosePort = async (wanted: number | undefined, preferred = 8080): Promise<ChosenPort> => {
  if (wanted !== undefined) {
    if (await isFree(wanted)) return { port: wanted, insteadOf: undefined };
    throw new UsageError(
      `Port ${wanted} is taken, or not open to you. Choose another with --port, or none for the next free one.`,
    );
  }
  for (let port = preferred; port < preferred + attempts; port += 1) {
    if (await isFree(port)) return { port, insteadOf: port === preferred ? undefined : preferred };
  }
  return { port: (await tryListening(0))!, insteadOf: preferred };
};
