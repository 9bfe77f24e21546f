import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const folder = join(__dirname, '../.github/workflows');

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Workflow {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, { 'timeout-minutes'?: number; steps: readonly Step[] }>>;
}

/** What may not be in a workflow, as a list of complaints. */
function wrongWith(workflow: Workflow): string[] {
  const complaints: string[] = [];
  if (workflow.permissions === undefined) complaints.push('no permissions: the token may do everything');
  for (const [name, job] of Object.entries(workflow.jobs)) {
    if (job['timeout-minutes'] === undefined) complaints.push(`${name}: may run for six hours`);
    for (const { uses, run, with: inputs } of job.steps) {
      if (uses !== undefined && !/@[0-9a-f]{40}$/.test(uses))
        complaints.push(`${name}: ${uses} is not a commit`);
      if (uses?.startsWith('actions/checkout@') && inputs?.['persist-credentials'] === undefined)
        complaints.push(`${name}: whether the token stays in the checkout isn't said`);
      if (run?.includes('${{')) complaints.push(`${name}: a script is put together of somebody's input`);
    }
  }
  return complaints;
}

test.each(readdirSync(folder))('%s pins what it runs, and its token can do no more than it needs', (file) => {
  expect(wrongWith(parse(readFileSync(join(folder, file), 'utf8')) as Workflow)).toEqual([]);
});

test('a careless workflow is noticed', () => {
  const careless = `
jobs:
  greet:
    steps:
      - uses: actions/checkout@v7
      - run: echo "\${{ github.event.pull_request.title }}"
`;
  expect(wrongWith(parse(careless) as Workflow)).toEqual([
    'no permissions: the token may do everything',
    'greet: may run for six hours',
    'greet: actions/checkout@v7 is not a commit',
    "greet: whether the token stays in the checkout isn't said",
    "greet: a script is put together of somebody's input",
  ]);
});
