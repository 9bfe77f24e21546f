import { after, isPast, type Instant } from '../instant';
import type { Observation, Workload } from '../observation';
import type { Policy } from '../policy';
import { containerFindings } from './containers';
import type { Finding } from './finding';

export const nameOf = ({ kind, name }: Workload): string => `${kind}/${name}`;

/** Whether the release gave it another pod template: image, configuration (its name has a hash), anything. */
export const isChanged = ({ template, templateBefore }: Workload): boolean => template !== templateBefore;

export const workloadFindings = ({ workloads }: Observation, policy: Policy, now: Instant): Finding[] =>
  workloads.flatMap((workload) => {
    const changed = isChanged(workload);
    const made = workload.pods.filter(({ template }) => template === workload.template);
    const stable = workload.pods.filter(({ template }) => changed && template === workload.templateBefore);
    const shown = [
      ...containerFindings(made, nameOf(workload), changed, policy),
      ...podsRefused(workload, changed),
    ];
    return [
      ...(shown.length > 0 ? shown : neverReady(workload, changed, policy, now)),
      ...containerFindings(stable, nameOf(workload), false, policy).map(leaving),
    ];
  });

const leaving = (finding: Finding): Finding => ({ ...finding, leaving: true });

const podsRefused = (workload: Workload, changed: boolean): Finding[] =>
  workload.refused
    ? [
        {
          symptom: { kind: 'pods-refused', subject: nameOf(workload), ...workload.refused },
          changed,
          nodes: [],
        },
      ]
    : [];

/**
 * Only where nothing says more: a pod that can’t get its image isn’t ready either, and it is the
 * image that has a cause. Kubernetes itself says this of Deployments only, and a readiness that comes
 * and goes resets its clock (argo-rollouts #3765).
 */
function neverReady(workload: Workload, changed: boolean, policy: Policy, now: Instant): Finding[] {
  const due = readyDue(workload, policy);
  if (due === undefined || !isPast(due, now)) return [];
  const { desired, ready, pods } = workload;
  const unready = pods.filter((pod) => !pod.ready);
  const probe = unready.flatMap(({ containers }) => containers.flatMap((container) => container.probe ?? []));
  return [
    {
      symptom: {
        kind: 'never-ready',
        subject: nameOf(workload),
        ready,
        desired,
        deadline: workload.deadline ?? policy.deadline,
        probe: probe[0]?.message,
        since: due,
      },
      changed,
      nodes: unready.map(({ node }) => node),
    },
  ];
}

/** When a workload that isn’t as it should be has had its time. */
export const readyDue = ({ incompleteSince, deadline }: Workload, policy: Policy): Instant | undefined =>
  incompleteSince === undefined ? undefined : after(incompleteSince, deadline ?? policy.deadline);
