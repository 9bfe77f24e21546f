import type { RequestListener } from 'node:http';
import { AppError, newId } from '@almanac/kernel';
import { currentTrace, withTrace } from '@almanac/messaging';
import Router from '@koa/router';
import Koa from 'koa';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Logger } from '../logger';
import type { Metrics } from '../metrics';
import type { BoundOperation, Incoming } from './bind';
import { toProblem } from './problem';
import type { TokenVerifier } from './token-verifier';

export interface AppOptions {
  readonly name: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly verifyToken: TokenVerifier;
  readonly operations: readonly BoundOperation[];
  /** Answers paths that no operation has, such as a page's; passes on what it doesn't know either. */
  readonly otherwise?: Middleware;
  /** Requests per minute and user (or address, before it is known who), in this process. */
  readonly requestsPerMinute?: number;
  /**
   * Proxies in front, none unless said. Each adds the address that it was asked from to `X-Forwarded-For`,
   * so the client's is as many from its end; what stands before it is what the client made up.
   */
  readonly trustedProxies?: number;
}

export interface RequestState {
  userId?: string;
  /** The route *pattern*, for metrics and logs. */
  route?: string;
}
export type Middleware = Koa.Middleware<RequestState>;
type Context = Koa.ParameterizedContext<RequestState>;

/** A Koa application of an API's bound rows, with all that surrounds a request. */
export function createApp(options: AppOptions): RequestListener {
  const { operations, otherwise, trustedProxies = 0 } = options;
  const app = new Koa<RequestState>({ proxy: trustedProxies > 0, maxIpsCount: trustedProxies });
  const router = new Router<RequestState>(); // of two rows that match a path, the first answers
  const limiter = createLimiter(options.requestsPerMinute ?? 1_200);
  for (const bound of operations)
    router.register(bound.path, [bound.operation.method.toLowerCase()], async (ctx: Context) => {
      ctx.state.route = bound.path;
      const { status, body, etag, location } = await bound.run(incomingOf(ctx, options.verifyToken, limiter));
      ctx.status = status;
      if (etag !== undefined) ctx.set('ETag', etag);
      if (location !== undefined) ctx.set('Location', location);
      else if (status !== 204) ctx.body = body;
      if (etag !== undefined && isRead(ctx.method) && has(ctx.get('If-None-Match'), etag)) ctx.status = 304;
    });
  const known = new Map<string, Set<string>>();
  for (const { path, operation } of operations)
    known.set(path, (known.get(path) ?? new Set()).add(operation.method));
  app.use(surround(options));
  app.use(router.routes());
  if (otherwise) app.use(otherwise);
  app.use((ctx) => {
    const allowed = [...known].filter(([path]) =>
      router.match(ctx.path, ctx.method).path.some((layer) => layer.path === path),
    );
    if (allowed.length === 0) throw new AppError('not_found', `There is nothing at ${ctx.path}.`);
    const methods = [...new Set(allowed.flatMap(([, set]) => [...set]))].sort().join(', ');
    ctx.set('Allow', methods);
    throw new AppError('method_not_allowed', `Use one of ${methods}.`);
  });
  // A connection that breaks while its request is read; Koa would print it.
  app.on('error', (error: unknown) => options.logger.info({ error }, 'request broken off'));
  const answer = app.callback();
  return (request, response) => void answer(request, response);
}

const isRead = (method: string): boolean => method === 'GET' || method === 'HEAD';

/**
 * Whether the client has this version (RFC 9110, 13.1.2). Koa's `fresh` won't do: it says no where
 * there is `Cache-Control: no-cache`, which browsers add to every If-None-Match that a page sends.
 */
const has = (ifNoneMatch: string, etag: string): boolean =>
  ifNoneMatch === '*' || ifNoneMatch.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);

/** Trace, problem+json, security headers, metrics and one log line per request. */
const surround =
  ({ name, logger, metrics }: AppOptions): Koa.Middleware<RequestState> =>
  (ctx, next) =>
    withTrace(ctx.get('traceparent') || undefined, async () => {
      const begun = performance.now();
      const requestId = currentTrace()?.traceId ?? newId();
      ctx.set('X-Request-Id', requestId);
      ctx.set('X-Content-Type-Options', 'nosniff');
      ctx.set('Cache-Control', 'no-store');
      try {
        await next();
      } catch (error) {
        const { problem, retryAfter } = toProblem(error, requestId);
        if (problem.status >= 500) logger.error({ error, route: ctx.state.route }, 'request failed');
        ctx.status = problem.status;
        ctx.body = JSON.stringify(problem);
        ctx.type = 'application/problem+json';
        // https://www.rfc-editor.org/rfc/rfc6750#section-3.1
        if (problem.status === 401)
          ctx.set(
            'WWW-Authenticate',
            problem.code === 'invalid_token' ? 'Bearer error="invalid_token"' : 'Bearer',
          );
        if (retryAfter !== undefined) ctx.set('Retry-After', String(Math.ceil(retryAfter)));
        // The rest of a body that was refused half-read is still on its way: this connection is of no more use.
        if (!ctx.req.complete) ctx.set('Connection', 'close');
      }
      const duration = performance.now() - begun;
      const route = ctx.state.route ?? 'none';
      metrics.requests.observe(
        { service: name, method: ctx.method, route, status: ctx.status },
        duration / 1000,
      );
      logger.info(
        {
          method: ctx.method,
          route,
          status: ctx.status,
          duration_ms: Math.round(duration * 10) / 10,
          user_id: ctx.state.userId,
        },
        'request',
      );
    });

const incomingOf = (
  ctx: Context,
  verifyToken: TokenVerifier,
  limit: (who: string) => Promise<void>,
): Incoming => ({
  ip: ctx.ip,
  host: ctx.host,
  origin: ctx.get('origin') || undefined,
  params: ctx.params as Record<string, string>,
  query: parseQuery(ctx.querystring),
  raw: ctx.req,
  header: (name) => ctx.get(name),
  cookie: (name) => ctx.cookies.get(name),
  setHeader: (name, value) =>
    name.toLowerCase() === 'set-cookie' ? ctx.append(name, value) : ctx.set(name, value),
  limitAddress: () => limit(ctx.ip),
  authenticate: async () => {
    const [scheme = '', token = '', ...rest] = ctx.get('authorization').split(' ');
    if (scheme === '') {
      await limit(ctx.ip);
      return null;
    }
    if (scheme.toLowerCase() !== 'bearer' || token === '' || rest.length > 0)
      throw new AppError('unauthenticated', 'Authorization must be `Bearer <access token>`.');
    const { actor } = await verifyToken(token).catch(async (error: unknown) => {
      await limit(ctx.ip); // guessing costs us a signature check
      throw error;
    });
    ctx.state.userId = actor.id;
    await limit(actor.id);
    return actor;
  },
});

/** @throws AppError `malformed_request` where URLSearchParams would put U+FFFD for what it can't read */
function parseQuery(text: string): URLSearchParams {
  try {
    decodeURIComponent(text);
  } catch (error) {
    throw new AppError('malformed_request', 'The query is not percent-encoded UTF-8 (RFC 3986, 2.5).', {
      cause: error,
    });
  }
  return new URLSearchParams(text);
}

function createLimiter(points: number): (who: string) => Promise<void> {
  const limiter = new RateLimiterMemory({ points, duration: 60 });
  return async (who) => {
    try {
      await limiter.consume(who);
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      const retryAfter = error.msBeforeNext / 1000;
      throw new AppError('too_many_requests', `Wait ${Math.ceil(retryAfter)} s, then go slower.`, {
        retryAfter,
      });
    }
  };
}
