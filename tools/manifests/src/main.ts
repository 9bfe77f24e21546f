import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseOptions, UsageError } from '@almanac/command-line';
import { format, resolveConfig } from 'prettier';
import { stringify } from 'yaml';
import { clusterNames, walkCluster, type Cluster } from './cluster';
import { offlineKustomize } from './kustomize';
import { policies } from './policies';
import { violationsOf } from './policy';
import { nameOf } from './resource';
import { createValidator } from './schemas';

const root = resolve(__dirname, '../../..');
const folder = join(__dirname, '..');

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const walk = async (names: readonly string[]): Promise<Cluster[]> => {
  const known = clusterNames(root);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new UsageError(`There is no cluster '${unknown}', but ${known.join(', ')}.`);
  const kustomize = await offlineKustomize(root);
  const clusters: Cluster[] = [];
  for (const name of names.length > 0 ? names : known)
    clusters.push(await walkCluster(root, name, kustomize));
  return clusters;
};

/** @returns how much is wrong */
const check = async ({ name, applications }: Cluster): Promise<number> => {
  const resources = applications.flatMap(({ application, resources: those }) => [application, ...those]);
  const validate = await createValidator(resources);
  const faults = resources.flatMap((resource) =>
    validate(resource).map((fault) => `${name}: ${nameOf(resource)}: ${fault}`),
  );
  const violations = violationsOf(policies, applications).map(
    ({ application, resource, message, policy }) =>
      `${name}/${application}: ${resource} ${message} (${policy})`,
  );
  [...faults, ...violations].forEach(say);
  const wrong = faults.length + violations.length;
  say(`${name}: ${applications.length} Applications, ${resources.length} resources, ${wrong} wrong`);
  return wrong;
};

const list = ({ name, applications }: Cluster): void => {
  for (const { application, resources } of applications) {
    const { source, destination } = application.spec;
    say(
      `${name}  ${application.metadata.name}  ${source.path} → ${destination.namespace}, ${resources.length} resources`,
    );
  }
};

const print = ({ name, applications }: Cluster, wanted: string): void => {
  const found = applications.find(
    ({ application: { metadata } }) =>
      metadata.name === wanted ||
      (metadata.labels?.['almanac.dev/environment'] === wanted && wanted !== 'preview'),
  );
  if (found === undefined)
    throw new UsageError(
      `${name} has no Application '${wanted}': \`npm run manifests -- list ${name}\` names them.`,
    );
  process.stdout.write(found.resources.map((resource) => stringify(resource)).join('---\n'));
};

const writeGolden = async ({ name, applications }: Cluster): Promise<void> => {
  const file = join(folder, 'test/golden', `${name}.yaml`);
  const yaml = stringify(
    applications.map(({ application }) => application),
    { lineWidth: 0 },
  );
  writeFileSync(file, await format(yaml, { ...(await resolveConfig(file)), filepath: file }));
  say(`written: ${relative(root, file)}`);
};

/** @returns the exit code */
const main = async (): Promise<number> => {
  const { values, positionals } = parseOptions(process.argv.slice(2), {
    help: { type: 'boolean', short: 'h', default: false },
  });
  const [command = 'check', ...rest] = positionals;
  if (values.help) say(readFileSync(join(folder, 'help.txt'), 'utf8').trimEnd());
  else if (command === 'check') {
    let wrong = 0;
    for (const cluster of await walk(rest)) wrong += await check(cluster);
    return wrong === 0 ? 0 : 1;
  } else if (command === 'list') (await walk(rest)).forEach(list);
  else if (command === 'golden') for (const cluster of await walk(rest)) await writeGolden(cluster);
  else if (command === 'policies')
    policies.forEach(({ name, because }) => {
      say(`${name}: without it, ${because}`);
    });
  else if (command === 'print' && rest.length === 2) print((await walk([rest[0]!]))[0]!, rest[1]!);
  else throw new UsageError(`'${positionals.join(' ')}' isn't one of the commands; --help names them.`);
  return 0;
};

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof UsageError ? `manifests: ${error.message}` : error);
    process.exitCode = 1;
  },
);
