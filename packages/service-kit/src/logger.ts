import { currentTrace } from '@almanac/messaging';
import { pino, stdSerializers, type DestinationStream, type Logger } from 'pino';

export type { Logger } from 'pino';

/**
 * Structured log lines: `timestamp`, `level`, `service`, `message`, and `trace_id` of whatever runs.
 * Secrets never reach a line, also when an object that holds one is logged.
 */
export const createLogger = (
  service: string,
  level: 'debug' | 'info' | 'warn' | 'error' | 'silent' = 'info',
  destination?: DestinationStream,
): Logger =>
  pino(
    {
      level,
      messageKey: 'message',
      errorKey: 'error',
      base: { service },
      timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
      formatters: {
        level: (label) => ({ level: label }),
        log: (line) => censored(line) as Record<string, unknown>,
      },
      serializers: { error: describeError },
      mixin: () => {
        const trace = currentTrace();
        return trace ? { trace_id: trace.traceId, span_id: trace.spanId } : {};
      },
    },
    ...(destination ? ([destination] as const) : []),
  );

/**
 * What of an error may be known: not its other fields, for PostgreSQL's have the row that was refused,
 * and TypeORM's the values of the statement.
 */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { type, message, stack } = stdSerializers.err(error);
  return { type, message, stack, ...('code' in error && { code: error.code }) };
}

const secret = /password|token|secret|authorization|cookie/i;
const deepest = 6;

function censored(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Error || 'toJSON' in value)
    return value;
  if (depth > deepest) return '…';
  if (Array.isArray(value)) return value.map((item) => censored(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, secret.test(name) ? '…' : censored(item, depth + 1)]),
  );
}
