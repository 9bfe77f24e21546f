import { connect, type Socket } from 'node:net';
import { createLogger, createMetrics, hostServices, type HostOptions, type Service } from '../src';

/** A service that does nothing but what `parts` say. */
export const service = (parts: Partial<Service> = {}): Service => ({
  name: 'sample',
  paths: ['/sample'],
  readiness: {},
  handle: (_request, response) => void response.end('ok'),
  start: () => Promise.resolve(),
  stop: () => Promise.resolve(),
  ...parts,
});

export interface Line extends Record<string, unknown> {
  readonly level: string;
  readonly message: string;
}

/** A logger whose lines can be read. */
export function recordLog(name = 'sample') {
  const lines: Line[] = [];
  return {
    lines,
    logger: createLogger(name, 'info', { write: (line) => void lines.push(JSON.parse(line) as Line) }),
  };
}

/** Hosts services on a free port of this machine. */
export async function host(services: readonly Service[], options: Partial<HostOptions> = {}) {
  const { lines, logger } = recordLog('host');
  const metrics = createMetrics();
  const hosted = await hostServices({ services, metrics, logger, port: 0, host: '127.0.0.1', ...options });
  return { ...hosted, lines, metrics, url: `http://127.0.0.1:${hosted.port}` };
}

/** A connection on which bytes are written by hand. */
export function rawConnection(port: number) {
  const socket: Socket = connect(port, '127.0.0.1');
  let text = '';
  socket.setEncoding('utf8').on('data', (data: string) => (text += data));
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return {
    socket,
    closed,
    write: (bytes: string) => void socket.write(bytes),
    get received() {
      return text;
    },
  };
}

export interface Deferred<Value> {
  readonly promise: Promise<Value>;
  resolve(value: Value): void;
}

export const deferred = <Value = void>(): Deferred<Value> => Promise.withResolvers<Value>();
