import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { refuseUpgrade } from '@almanac/service-kit';
import { WebSocketServer, type WebSocket } from 'ws';
import { readHeads } from '../use-cases/open-feed';
import { createConnection, type Connection, type ConnectionPorts } from './connection';

/** Devices of one user on one replica; more is a bug or an attack. */
const perUser = 20;
/** Milliseconds between pings; a device that answers none in between is gone. */
const heartbeat = 25_000;

export interface Gateway {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** The feed of one user has grown. */
  wake(userId: string): void;
  /** Looks whose feed has grown, where a notification may have been lost. */
  sweep(): Promise<void>;
  readonly sockets: number;
  stop(): Promise<void>;
}

export interface GatewayOptions extends Omit<ConnectionPorts, 'admit'> {
  /** Origins besides the server's own that pages may connect from. */
  readonly origins: readonly string[];
}

/** The WebSockets of one replica, by user. */
export function createGateway({ origins, ...ports }: GatewayOptions): Gateway {
  const server = new WebSocketServer({ noServer: true, maxPayload: 32 * 1024, perMessageDeflate: false });
  const byUser = new Map<string, Set<Connection>>();
  const alive = new WeakSet<WebSocket>();
  const timer = setInterval(() => {
    for (const socket of server.clients) {
      if (!alive.delete(socket)) socket.terminate();
      else socket.ping();
    }
  }, heartbeat).unref();

  const accept = (socket: WebSocket) => {
    alive.add(socket);
    socket.on('pong', () => alive.add(socket));
    const connection = createConnection(socket, {
      ...ports,
      admit: (admitted) => {
        const mine = byUser.get(admitted.userId!) ?? new Set();
        if (mine.size >= perUser) return false;
        byUser.set(admitted.userId!, mine.add(admitted));
        return true;
      },
    });
    socket.on('close', () => {
      const mine = byUser.get(connection.userId ?? '');
      mine?.delete(connection);
      if (mine?.size === 0) byUser.delete(connection.userId!);
    });
  };

  return {
    upgrade: (request, socket, head) => {
      if (isForeign(request, origins)) {
        // Browsers open sockets for any page; only Origin tells whose page it is.
        return refuseUpgrade(socket, '403 Forbidden');
      }
      server.handleUpgrade(request, socket, head, accept);
    },
    wake: (userId) => byUser.get(userId)?.forEach((connection) => connection.wake()),
    sweep: async () => {
      if (byUser.size === 0) return;
      for (const [userId, head] of await readHeads(ports.deps, [...byUser.keys()]))
        for (const connection of byUser.get(userId) ?? []) if (connection.position < head) connection.wake();
    },
    get sockets() {
      return server.clients.size;
    },
    stop: async () => {
      clearInterval(timer);
      const gone = [...server.clients].map(
        (socket) => new Promise((resolve) => socket.once('close', resolve)),
      );
      for (const socket of server.clients) socket.close(1001, 'the server restarts');
      const force = setTimeout(() => server.clients.forEach((socket) => socket.terminate()), 1_000);
      await Promise.all(gone);
      clearTimeout(force);
      server.close();
    },
  };
}

function isForeign({ headers }: IncomingMessage, origins: readonly string[]): boolean {
  if (headers.origin === undefined || origins.includes(headers.origin)) return false;
  try {
    return new URL(headers.origin).host !== headers.host;
  } catch {
    return true;
  }
}
