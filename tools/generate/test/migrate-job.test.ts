import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateJob } from '../src/migrate-job';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'almanac-generate-'));
  mkdirSync(join(root, 'base/migrate'), { recursive: true });
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

test('the Job of the migrations is named by their hash, and nothing else of its folder changes', () => {
  const job = (name: string) => `kind: Job\nmetadata:\n  name: ${name} # see migrate-and-more\n`;
  writeFileSync(join(root, 'base/migrate/job.yaml'), job('migrate-000000000000'));
  writeFileSync(join(root, 'base/migrate/service-account.yaml'), 'metadata:\n  name: migrate\n');
  expect(migrateJob(root, 'abcdef123456')).toEqual([
    { path: 'base/migrate/job.yaml', content: job('migrate-abcdef123456') },
  ]);
});
