import type { Evidence } from './evidence';

type Kind = Evidence['kind'];
type Sentences = { readonly [K in Kind]: (facts: Extract<Evidence, { kind: K }>) => string };

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);
const seconds = (count: number): string => `${Math.round(count)} s`;
const short = (hash: string | undefined): string =>
  hash?.replace(/^(sha256:)?(.{12}).*/, '$1$2') ?? 'nothing';
const list = (names: readonly string[]): string => names.join(', ');

const sources = {
  git: 'Git',
  kubernetes: 'The Kubernetes API',
  argocd: 'Argo CD',
  prometheus: 'Prometheus',
} as const;

const sentences: Sentences = {
  // symptoms
  'image-unavailable': ({ subject, container, message }) =>
    `${subject} can’t get the image of ${container}: ${message}`,
  'container-not-created': ({ subject, container, message }) =>
    `${subject} can’t create the container ${container}: ${message}`,
  'out-of-memory': ({ subject, container, restarts }) =>
    `${container} of ${subject} ran out of memory and was restarted ${times(restarts)}`,
  'crash-loop': ({ subject, container, restarts, exitCode }) =>
    `${container} of ${subject} crashes${exitCode === undefined ? '' : ` with exit code ${exitCode}`}; it was restarted ${times(restarts)}`,
  'pods-refused': ({ subject, message }) => `the cluster takes no more pods of ${subject}: ${message}`,
  'never-ready': ({ subject, ready, desired, deadline, probe }) =>
    `${ready} of ${desired} pods of ${subject} are ready after the ${seconds(deadline)} it has for that${probe === undefined ? '' : `: ${probe}`}`,
  'job-failed': ({ subject, message }) => `${subject} failed: ${message}`,
  'manifests-broken': ({ message }) => `its manifests don’t render: ${message}`,
  'sync-refused': ({ message }) => `the cluster refuses its manifests: ${message}`,
  'budget-burning': ({ subject, burn, limit }) =>
    `the error budget of “${subject}” burns ${burn} times as fast as allowed; ${limit} is too fast`,
  'lag-growing': ({ subject, count }) => `${subject} lags ${count} messages behind, and more and more`,
  'dead-letters-growing': ({ subject, count }) => `the dead letters of ${subject} grow; they are ${count}`,

  // excuses
  unchanged: ({ subject }) => `this release changed nothing about it: ${subject}`,
  'failed-before': ({ subject }) => `it was so before this release already: ${subject}`,
  'common-cause': ({ others }) =>
    `it has a common cause, for others fail at the same time without a change of theirs: ${list(others)}`,
  'dependency-down': ({ name, message }) => `${name} is down: ${message}`,
  'node-in-trouble': ({ name, condition }) => `the node ${name} is in trouble: ${condition}`,
  'not-reached': () => 'the cluster couldn’t be asked, so it didn’t say no',

  // missing
  'not-taken': ({ release, instead }) =>
    `Argo CD doesn’t know ${release} yet; its Application names ${instead ?? 'another one'}`,
  'not-synced': ({ revision, operation }) =>
    operation
      ? `revision ${short(revision)} isn’t synced; the last sync, of ${short(operation.revision)}, is ${operation.phase}`
      : `revision ${short(revision)} isn’t synced`,
  'not-reconciled': ({ finishedAt }) => `Argo CD hasn’t looked again since the sync of ${finishedAt}`,
  'nothing-runs': () => 'nothing of it runs',
  'not-observed': ({ subject }) => `${subject} hasn’t begun with its new template`,
  'rolling-out': ({ subject, updated, ready, desired }) =>
    `${subject} rolls out: of ${desired} pods ${updated} are new and ${ready} of these ready`,
  'old-pods': ({ subject, count }) => `${subject} still has older pods: ${count}`,
  'other-image': ({ subject, runs, wants }) =>
    `${subject} runs image ${short(runs)} instead of ${short(wants)}`,
  'job-running': ({ subject }) => `${subject} isn’t done`,
  'deadline-passed': ({ deadline }) => `its time was up at ${deadline}`,

  // refrains
  'ask-first': ({ environment, to }) =>
    `this environment asks first: \`almanac rollback ${environment}\` returns to ${to}`,
  'is-a-rollback': ({ of, by, at }) =>
    `it is a rollback itself (${by} took back ${of} at ${at}), and those aren’t taken back automatically`,
  'taken-back-before': ({ release, at }) =>
    `${release} was taken back at ${at} already; a release is taken back once`,
  'nothing-stable': () => 'no release was ever verified here, so there is none to return to',
  'is-the-stable-release': ({ release }) =>
    `${release} is the stable release itself: it ran well before, and there is none to return to`,
  'stable-is-quarantined': ({ release, environment, because }) =>
    `the stable release ${release} is quarantined in ${environment}: ${because}`,
  'contract-step': ({ to, service, contract, knows }) =>
    `${to} can’t run after migration ${contract} of ${service} (it knows ${knows} and older); go forward: \`git revert\` the commits that hurt, keeping the migrations, push, and promote that release`,
  'too-old': ({ since, window }) =>
    `it has failed since ${since}, longer than the ${seconds(window)} within which it would be taken back`,

  // circumstances
  'nothing-released': () => 'nothing was released here yet',
  trouble: ({ source, message, since }) => `${sources[source]} is in trouble since ${since}: ${message}`,
  'hands-on': () => 'hands are on: auto-sync is switched off in Argo CD',
  quarantined: ({ release, environment, at, because }) =>
    `${release} is quarantined in ${environment} since ${at} (${because}) and was brought all the same; \`almanac resume ${environment} ${release}\` if it shall run`,
  'not-judged': ({ resource, message }) =>
    `${resource} is Degraded, which says nothing about the release: ${message}`,
  'no-data': ({ subject }) => `there is no data about “${subject}”, which is neither good nor bad`,
  'runs-as-released': ({ release, pods }) => `all pods (${pods}) are ready and run the images of ${release}`,
  'within-objectives': ({ objectives }) => `within its objectives: ${list(objectives)}`,
  baked: ({ since, seconds: count }) => `it has run without fault since ${since}, for ${seconds(count)}`,
  stable: ({ release }) => `${release} was verified here and is the stable release`,
  'taken-back': ({ release, to, by, at }) => `${by} took back ${release} for ${to} at ${at}`,
  'forward-held': ({ environment, release, because }) =>
    `nothing new comes by itself while ${release} is quarantined (${because}): \`almanac resume ${environment} ${release}\` when that is mended`,
};

/** One reason in words. The CLI, the page, the commit and the notification all say it so. */
export const sentence = (evidence: Evidence): string =>
  (sentences[evidence.kind] as (facts: Evidence) => string)(evidence)
    .replace(/(?<=T\d\d:\d\d:\d\d)\.\d+(?=Z)/g, '')
    .replace(/\s+/g, ' ');

/** All reasons on one line, cut to the 500 characters that a quarantine’s `because` may have. */
export const inShort = (because: readonly Evidence[]): string => {
  const line = because.map(sentence).join('; ');
  return line.length <= 500 ? line : `${line.slice(0, 499)}…`;
};
