import type { Release } from '../../release';
import type { Observation } from '../observation';
import type { Finding } from './finding';

/** Manifests that don’t render, or that the cluster doesn’t take. They are the release’s own by nature. */
export const syncFindings = ({ application }: Observation, { revision }: Release): Finding[] => {
  const { renderError, operation } = application;
  const broken: Finding[] = renderError
    ? [{ symptom: { kind: 'manifests-broken', subject: 'sync', ...renderError }, changed: true, nodes: [] }]
    : [];
  if (operation?.phase !== 'Failed' || operation.revision !== revision) return broken;
  const { message, finishedAt, startedAt } = operation;
  const since = finishedAt ?? startedAt;
  return [
    ...broken,
    { symptom: { kind: 'sync-refused', subject: 'sync', message, since }, changed: true, nodes: [] },
  ];
};
