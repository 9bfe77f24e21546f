import { SyncClientMessage, syncClose, type SyncServerMessage } from '@almanac/contracts';
import { AppError, type Actor } from '@almanac/kernel';
import type { Logger, TokenVerifier } from '@almanac/service-kit';
import type { RawData, WebSocket } from 'ws';
import type { Deps } from '../ports';
import { openFeed, readFeed } from '../use-cases/open-feed';

export interface ConnectionPorts {
  readonly deps: Deps;
  readonly verifyToken: TokenVerifier;
  readonly logger: Logger;
  /** Called when it is known whose device it is; false when the user has too many. */
  readonly admit: (connection: Connection) => boolean;
}

/** One device: says hello with a token and a cursor, then gets every change after it, in order. */
export interface Connection {
  readonly userId: string | null;
  /** Up to where the feed was read for it. */
  readonly position: number;
  /** There may be news in the user's feed. */
  wake(): void;
  close(code: number, reason: string): void;
}

/** What one message carries at most, so that a long absence doesn't become one huge frame. */
const perMessage = { changes: 500, bytes: 256 * 1024 };
/** Bytes that may wait for a slow device; beyond, its feed is read on only when they are sent. */
const highWater = 1024 * 1024;
/** Milliseconds in which a device must say hello. */
const patience = 10_000;
/** Messages that may wait for their answer; a device has no use for more than one or two. */
const mostWaiting = 8;
/** The longest that `setTimeout` can wait; asked for more, it doesn't wait at all. */
const longestTimeout = 2 ** 31 - 1;

export function createConnection(
  socket: WebSocket,
  { deps, verifyToken, logger, admit }: ConnectionPorts,
): Connection {
  let actor: Actor | null = null;
  let position = 0;
  let pumping = false;
  let news = false;
  let expiry: NodeJS.Timeout | undefined;

  const isOpen = () => socket.readyState === socket.OPEN;
  const close = (code: number, reason: string) => socket.close(code, reason);
  const closeIn = (ms: number, reason: string) => {
    clearTimeout(expiry);
    if (!isOpen()) return; // it went while its token was checked
    expiry = setTimeout(() => close(syncClose.unauthenticated, reason), Math.min(ms, longestTimeout));
  };
  const send = (message: SyncServerMessage) =>
    new Promise<void>((resolve, reject) => {
      socket.send(JSON.stringify(message), (error) => (error ? reject(error) : resolve()));
    });

  /** Checks a token; the socket ends with it unless a new one comes in time. */
  const authenticate = async (token: string): Promise<Actor> => {
    const { actor: bearer, expiresAt } = await verifyToken(token);
    if (!bearer.scopes.includes('sync:read'))
      throw new AppError('forbidden', 'The token lacks the scope sync:read.');
    if (actor !== null && actor.id !== bearer.id)
      throw new AppError('forbidden', 'The token is another user’s.');
    closeIn(expiresAt - Date.now(), 'the token has ended');
    return bearer;
  };

  const hello = async (token: string, cursor: string | null) => {
    if (actor !== null) return close(syncClose.badMessage, 'hello was said already');
    const bearer = await authenticate(token);
    const opened = await openFeed(deps, bearer, { position: cursor === null ? null : toPosition(cursor) });
    if (!isOpen()) return; // it went meanwhile, and must not be admitted any more: nobody would let go of it
    actor = bearer;
    position = opened.position;
    if (!admit(connection)) return close(syncClose.tooManySockets, 'too many devices of one user');
    await send({ type: 'welcome', cursor: String(position), reset: opened.reset });
    connection.wake();
  };

  /** Sends what is new until there is nothing; a wake-up meanwhile makes it look once more. */
  const pump = async () => {
    if (pumping || actor === null) return;
    pumping = true;
    try {
      while (news && isOpen()) {
        news = false;
        for (let more = true; more && isOpen();) {
          const slice = await readFeed(deps, actor, { position, ...perMessage });
          if (slice.changes.length === 0) break;
          // Positions have no gaps: where there is one, what the device missed was trimmed just now.
          if (slice.position !== position + slice.changes.length) return close(1013, 'come again');
          if (slice.changes.length === 0) break;
          position = slice.position;
          more = slice.more;
          // When this fails the socket is gone; the device reads on from its cursor.
          const sent = send({ type: 'changes', cursor: String(position), changes: [...slice.changes] });
          const settled = sent.catch(() => undefined);
          if (socket.bufferedAmount > highWater) await settled;
        }
      }
    } finally {
      pumping = false;
    }
  };

  const connection: Connection = {
    get userId() {
      return actor?.id ?? null;
    },
    get position() {
      return position;
    },
    wake: () => {
      news = true;
      pump().catch((error: unknown) => {
        logger.warn(
          { error, user_id: actor?.id },
          'the feed can’t be read; the device is asked to come again',
        );
        close(1013, 'try again later');
      });
    },
    close,
  };

  closeIn(patience, 'say hello first');
  let incoming: Promise<void> = Promise.resolve();
  let waiting = 0;
  socket.on('message', (data, isBinary) => {
    if (!isOpen()) return; // what was on its way when the socket was closed
    if (++waiting > mostWaiting) return close(syncClose.badMessage, 'too many messages at once');
    const message = isBinary ? null : parse(data);
    if (message === null) return close(syncClose.badMessage, 'not a message of this protocol');
    incoming = incoming
      .then(async () => {
        if (message.type === 'hello') await hello(message.token, message.cursor);
        else if (actor === null) close(syncClose.badMessage, 'say hello first');
        else actor = await authenticate(message.token);
      })
      .catch((error: unknown) => {
        if (error instanceof AppError && error.status < 500)
          return close(syncClose.unauthenticated, reasonOf(error));
        logger.error({ error }, 'a device could not be greeted');
        close(1013, 'try again later');
      })
      .finally(() => waiting--);
  });
  socket.on('error', (error) => logger.info({ error: error.message }, 'socket error'));
  socket.on('close', () => clearTimeout(expiry));
  return connection;
}

/** A close reason has 123 bytes at most (RFC 6455, 5.5). */
const reasonOf = ({ message }: Error): string =>
  Buffer.from(message)
    .subarray(0, 120)
    .toString('utf8')
    .replace(/\ufffd$/, '');

/** A cursor that isn't one of ours names a place that isn't kept. */
const toPosition = (cursor: string): number => (/^\d{1,15}$/.test(cursor) ? Number(cursor) : -1);

function parse(data: RawData): SyncClientMessage | null {
  try {
    const result = SyncClientMessage.safeParse(JSON.parse((data as Buffer).toString('utf8')));
    return result.success ? result.data : null;
  } catch {
    return null;
  }
}
