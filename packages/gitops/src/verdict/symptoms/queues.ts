import type { Observation, Queue } from '../observation';
import type { Symptom } from '../evidence';
import type { Finding } from './finding';
import { isChanged } from './workloads';

/** Consumers have no requests to count errors of: what they leave undone shows in their queues. */
export const queueFindings = ({ queues, workloads }: Observation): Finding[] =>
  queues.flatMap((queue) => {
    const consumers = workloads.filter(({ name }) => name === queue.consumer);
    return symptoms(queue).map((symptom) => ({
      symptom,
      changed: consumers.some(isChanged),
      nodes: consumers.flatMap(({ pods }) => pods.map(({ node }) => node)),
    }));
  });

const symptoms = ({ name, lag, deadLetters }: Queue): Symptom[] => [
  ...growth('lag-growing', name, lag),
  ...growth('dead-letters-growing', name, deadLetters),
];

const growth = (
  kind: 'lag-growing' | 'dead-letters-growing',
  subject: string,
  messages: Queue['lag'],
): Symptom[] =>
  messages !== 'no data' && messages.growingSince !== undefined
    ? [{ kind, subject, count: messages.count, since: messages.growingSince }]
    : [];
