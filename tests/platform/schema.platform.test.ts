import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { untilRunning, untilSynced } from './support/applications';
import { environmentFile, pushFileOf, releaseIn } from './support/environments';
import { clone } from './support/working-copy';

const run = promisify(execFile);
const dev = 'almanac-dev';

test('an older image starts on a schema that a newer release has migrated', async () => {
  await using copy = await clone();
  const older = await releaseIn(copy, 'dev');
  const before = (
    await copy.git('log', '-1', '--format=%H', 'local/main', '--', environmentFile('dev'))
  ).trim();

  const { max } = (older as unknown as { schema: { 'task-api': { max: number } } }).schema['task-api'];
  await copy.edit('services/task-api/src/persistence/schema.ts', (text) =>
    text.replace(
      /\n {2}\],\n\};\s*$/,
      `
    {
      number: ${max + 1},
      name: 'a column nobody needs yet',
      kind: 'expand',
      sql: 'alter table task_api.task add column if not exists estimate int',
    },
  ],
};
`,
    ),
  );
  // The Job is named by what it migrates.
  await run(process.execPath, [join(copy.directory, 'tools/bootstrap.mjs'), 'tools/generate/src/main.ts'], {
    cwd: copy.directory,
  });
  await copy.commit('Tasks have an estimate');
  await copy.push();
  const newer = await releaseIn(copy, 'dev');
  const after = await copy.git('rev-parse', 'local/main');
  expect(newer).toMatchObject({ schema: { 'task-api': { max: max + 1 } } });
  await untilRunning(dev, newer);

  await pushFileOf(copy, 'dev', before);
  await untilSynced(dev, older);
  await untilRunning(dev, older); // ready, so its schema is new enough for it

  await pushFileOf(copy, 'dev', after);
  await untilRunning(dev, newer);
}, 300_000);
