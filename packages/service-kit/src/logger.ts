import { currentTrace } from '@almanac/messaging';
import { pino, type DestinationStream, type Logger } from 'pino';

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
      formatters: { level: (label) => ({ level: label }) },
      mixin: () => {
        const trace = currentTrace();
        return trace ? { trace_id: trace.traceId, span_id: trace.spanId } : {};
      },
      redact: {
        paths: ['password', 'token', 'accessToken', 'authorization', 'cookie', '*.password', '*.token'],
        censor: '…',
      },
    },
    ...(destination ? ([destination] as const) : []),
  );
