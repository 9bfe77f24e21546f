import { traceIdOf, type Observe, type RelayOptions } from '@almanac/messaging';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Logger } from './logger';

/** What every service measures. One registry per process; labels tell the services apart. */
export interface Metrics {
  readonly registry: Registry;
  /** Seconds per request, by route *pattern*: a path with ids would make a series per task. */
  readonly requests: Histogram<'service' | 'method' | 'route' | 'status'>;
  readonly published: Counter<'service' | 'topic'>;
  readonly outboxAge: Gauge<'service'>;
  readonly consumed: Histogram<'group' | 'type' | 'outcome'>;
  readonly eventAge: Histogram<'group'>;
  readonly jobs: Histogram<'job' | 'outcome'>;
}

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    requests: new Histogram({
      name: 'almanac_http_request_duration_seconds',
      help: 'Time to answer a request.',
      labelNames: ['service', 'method', 'route', 'status'],
      buckets: seconds,
      registers,
    }),
    published: new Counter({
      name: 'almanac_events_published_total',
      help: 'Events taken from the outbox to the bus.',
      labelNames: ['service', 'topic'],
      registers,
    }),
    outboxAge: new Gauge({
      name: 'almanac_outbox_oldest_age_seconds',
      help: 'Age of the oldest event of the last batch when it was published.',
      labelNames: ['service'],
      registers,
    }),
    consumed: new Histogram({
      name: 'almanac_event_handling_duration_seconds',
      help: 'Time to handle an event.',
      labelNames: ['group', 'type', 'outcome'],
      buckets: seconds,
      registers,
    }),
    eventAge: new Histogram({
      name: 'almanac_event_age_seconds',
      help: 'From an event to the end of its effect.',
      labelNames: ['group'],
      buckets: seconds,
      registers,
    }),
    jobs: new Histogram({
      name: 'almanac_job_duration_seconds',
      help: 'Time to run a job.',
      labelNames: ['job', 'outcome'],
      buckets: seconds,
      registers,
    }),
  };
}

/** A metric and a log line for each event consumed. */
export const observeConsumption =
  (metrics: Metrics, logger: Logger): Observe =>
  ({ group, event, outcome, duration, age, attempt, error }) => {
    metrics.consumed.observe({ group, type: event.type, outcome }, duration / 1000);
    if (outcome === 'ok') metrics.eventAge.observe({ group }, age / 1000);
    const line = {
      group,
      event_id: event.id,
      event_type: event.type,
      user_id: event.userid,
      attempt,
      duration_ms: Math.round(duration),
    };
    if (outcome === 'ok') logger.info(line, 'event consumed');
    else logger.warn({ ...line, error }, 'event not handled; it will be tried again or set aside');
  };

/** Metrics and log lines for what a relay publishes. */
export const observeRelay = (
  service: string,
  metrics: Metrics,
  logger: Logger,
): Required<Pick<RelayOptions, 'onPublished' | 'onError'>> => ({
  onPublished: (messages, age) => {
    metrics.outboxAge.set({ service }, age / 1000);
    for (const { topic, event } of messages) {
      metrics.published.inc({ service, topic });
      logger.info(
        {
          topic,
          event_id: event.id,
          event_type: event.type,
          user_id: event.userid,
          trace_id: traceIdOf(event.traceparent),
        },
        'event published',
      );
    }
  },
  onError: (error) => logger.error({ error }, 'events wait in the outbox; publishing is tried again'),
});
