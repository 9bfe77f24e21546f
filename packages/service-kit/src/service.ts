import type { IncomingMessage, RequestListener } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock } from '@almanac/kernel';
import type { EventBus } from '@almanac/messaging';
import type { JobScheduler } from '@almanac/scheduling';
import type { TokenVerifier } from './http/token-verifier';
import type { Logger } from './logger';
import type { Metrics } from './metrics';

/** What a service needs of the world; each has several adapters. */
export interface ServicePorts {
  readonly bus: EventBus;
  readonly scheduler: JobScheduler;
  readonly verifyToken: TokenVerifier;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Says whether a part works; a reason when it doesn't. Must answer within a second or so. */
export type Check = () => Promise<string | null>;

/**
 * A deployable service: a function makes it of its configuration and the ports it needs, and it
 * neither knows whether it is alone in its process nor which adapters are behind the ports.
 */
export interface Service {
  readonly name: string;
  /** The paths that are this service's: each is a prefix up to a `/`. */
  readonly paths: readonly string[];
  readonly handle: RequestListener;
  /** Takes over WebSocket handshakes on its paths. */
  readonly upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** What it can't work without. The bus is not among them: the outbox waits. */
  readonly readiness: Readonly<Record<string, Check>>;
  start(): Promise<void>;
  /** Takes no more work, finishes what it has, closes its connections. All requests are answered before. */
  stop(): Promise<void>;
}
