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
  /** Requests per minute and user (or address, before it is known who), in this process. */
  readonly requestsPerMinute?: number;
  /** While true, answers ask the client to close its connection. */
  readonly isStopping?: () => boolean;
  /** What a proxy in front says of the client is believed. */
  readonly behindProxy?: boolean;
}

interface State {
  userId?: string;
  route?: string;
}
type Context = Koa.ParameterizedContext<State>;

/** A Koa application of an API's bound rows, with all that surrounds a request. */
export function createApp(options: AppOptions): RequestListener {
  const { operations, behindProxy = false } = options;
  const app = new Koa<State>({ proxy: behindProxy });
  const router = new Router<State>({ exclusive: true });
  const limiter = createLimiter(options.requestsPerMinute ?? 1_200);
  for (const bound of operations)
    router.register(bound.path, [bound.operation.method.toLowerCase()], async (ctx: Context) => {
      ctx.state.route = bound.path;
      const { status, body, etag } = await bound.run(incomingOf(ctx, options.verifyToken, limiter));
      ctx.status = status;
      if (etag !== undefined) ctx.set('ETag', etag);
      if (status !== 204) ctx.body = body;
      if (ctx.method === 'GET' && ctx.fresh) ctx.status = 304;
    });
  const known = new Map<string, Set<string>>();
  for (const { path, operation } of operations)
    known.set(path, (known.get(path) ?? new Set()).add(operation.method));
  app.use(surround(options));
  app.use(router.routes());
  app.use((ctx) => {
    const allowed = [...known].filter(([path]) =>
      router.match(ctx.path, ctx.method).path.some((layer) => layer.path === path),
    );
    if (allowed.length === 0) throw new AppError('not_found', `There is nothing at ${ctx.path}.`);
    const methods = [...new Set(allowed.flatMap(([, set]) => [...set]))].sort().join(', ');
    ctx.set('Allow', methods);
    throw new AppError('method_not_allowed', `Use one of ${methods}.`);
  });
  return app.callback();
}

/** Trace, problem+json, security headers, metrics and one log line per request. */
const surround =
  ({ name, logger, metrics, isStopping = () => false }: AppOptions): Koa.Middleware<State> =>
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
        if (problem.status === 401) ctx.set('WWW-Authenticate', 'Bearer');
        if (retryAfter !== undefined) ctx.set('Retry-After', String(Math.ceil(retryAfter)));
        // The rest of a body that was refused half-read is still on its way: this connection is of no more use.
        if (!ctx.req.complete) ctx.set('Connection', 'close');
      }
      if (isStopping()) ctx.set('Connection', 'close');
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
  origin: ctx.get('origin') || undefined,
  params: ctx['params'] as Record<string, string>,
  query: new URLSearchParams(ctx.querystring),
  raw: ctx.req,
  header: (name) => ctx.get(name),
  cookie: (name) => ctx.cookies.get(name),
  setHeader: (name, value) => ctx.append(name, value),
  limitAddress: () => limit(ctx.ip),
  authenticate: async () => {
    const [scheme = '', token = '', ...rest] = ctx.get('authorization').split(' ');
    if (scheme === '') {
      await limit(ctx.ip);
      return null;
    }
    if (scheme.toLowerCase() !== 'bearer' || token === '' || rest.length > 0)
      throw new AppError('unauthenticated', 'Authorization must be `Bearer <access token>`.');
    const { actor } = await verifyToken(token);
    ctx.state.userId = actor.id;
    await limit(actor.id);
    return actor;
  },
});

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
