import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ConfigError } from '@almanac/config';
import { confirm, createTerminal, seconds, UsageError } from '@almanac/command-line';
import { MissingTool, program } from '@almanac/kubernetes';
import { readArguments, type Arguments } from './arguments';
import { addressesOf } from './commands/addresses';
import { down } from './commands/down';
import { logs } from './commands/logs';
import { describeStatus } from './commands/show-status';
import { statusOf } from './commands/status';
import { up } from './commands/up';
import { NotWell } from './commands/wait-for';
import { adminPasswordOf } from './bootstrap/admin-password';
import { kubectlFor } from './kubectl';
import { CommandFailed, CommandMissing } from './processes';
import { BuildFailed } from './release/run-build';
import { NoProvider } from './providers';
import { clustersDirectory } from './state';

const workingCopy = resolve(__dirname, '../../..');
const terminal = createTerminal(process.stdout, { nameWidth: 32 });

/** Aborted by the first signal to stop; the second ends the process there and then. */
const stopRequested = (): AbortSignal => {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(130);
      stop.abort();
    });
  return stop.signal;
};

/** Commands to copy: each shows another way in which the cluster looks after itself. */
const breakIt = (name: string): string =>
  [
    'Break it:',
    `  eval "$(npm run -s cluster -- env${name === 'local' ? '' : ` --name ${name}`})"`,
    '  kubectl -n almanac-production delete pod -l app.kubernetes.io/name=web --wait=false  # others take over',
    '  kubectl -n almanac-dev delete deployment web                # Argo CD brings it back',
    `  git pull --rebase ${name} main                               # what runs where, as it is now; then in dev`,
    `  sed -i 's/ web: sha256:..../ web: sha256:0000/' clusters/local/environments/dev.yaml    # an image nobody has:`,
    `  git commit -am 'A bad release' && git push ${name} main       # dev gets stuck, and goes on with what it had`,
    `  git revert --no-edit HEAD && git push ${name} main            # and back`,
  ].join('\n');

const bringUp = async (args: Arguments, directory: string): Promise<number> => {
  const begin = performance.now();
  terminal.title('Almanac on a cluster');
  const { settings, kubeconfig, otherRemote, uncommitted } = await up(args, {
    ...{ directory, workingCopy, terminal, signal: stopRequested() },
  });
  const password = await adminPasswordOf(await kubectlFor(kubeconfig));
  const { page, dev, argocd, remote } = addressesOf(settings);
  terminal.facts(`Ready after ${seconds(performance.now() - begin)}`, {
    Production: page,
    Dev: dev,
    'Sign in': 'demo@almanac.example, almanac-demo',
    'Argo CD': `${argocd}  (admin, ${password ?? 'the password you gave it'})`,
    'Push to': otherRemote === undefined ? `git push ${args.name} main  (${remote})` : remote,
    Kubeconfig: kubeconfig,
    Logs: join(directory, 'logs'),
  });
  if (otherRemote !== undefined)
    terminal.hint(
      `Your remote ${args.name} leads to ${otherRemote}, and stays so. Add one: git remote add cluster ${remote}`,
    );
  if (uncommitted > 0)
    terminal.hint(`${uncommitted} files are not committed, so not deployed: a cluster runs what is in git.`);
  terminal.hint(
    'It goes on by itself; `npm run cluster -- down` ends it, `-- --help` says what else there is.',
  );
  terminal.hint(breakIt(args.name));
  return 0;
};

const takeDown = async ({ name, wipe, yes }: Arguments, directory: string): Promise<number> => {
  const { stdin: input, stdout: output } = process;
  const what = `Delete the cluster ${name}, its repository with all pushes, and its data`;
  if (wipe && !(await confirm(what, { yes, input, output, signal: stopRequested() }))) {
    terminal.hint('Nothing was deleted.');
    return 1;
  }
  terminal.title(`Almanac on a cluster: ${wipe ? 'wipe' : 'down'}`);
  await down({ name, directory, workingCopy, wipe, terminal });
  return 0;
};

/** @returns the exit code */
const main = async (): Promise<number> => {
  const args = readArguments(process.argv.slice(2));
  if (args.help) {
    process.stdout.write(await readFile(join(__dirname, '..', 'help.txt'), 'utf8'));
    return 0;
  }
  const { command, name } = args;
  const directory = join(clustersDirectory(), name);
  if (command === 'up') return bringUp(args, directory);
  if (command === 'down') return takeDown(args, directory);

  const status = await statusOf(name, directory);
  if (command === 'status') {
    process.stdout.write(args.json ? `${JSON.stringify(status)}\n` : describeStatus(status));
    return status.isUp ? 0 : 1;
  }
  const { kubeconfig } = status;
  if (kubeconfig === undefined) throw new UsageError(`The cluster ${name} isn’t up.`);
  if (command === 'logs') return logs({ ...args, directory, kubeconfig }, process.stdout);
  console.log(`export KUBECONFIG='${kubeconfig}' PATH='${dirname(await program('kubectl'))}':"$PATH"`);
  return 0;
};

/** Errors whose message says it all. */
const forPersons = [
  ConfigError,
  MissingTool,
  NoProvider,
  NotWell,
  BuildFailed,
  CommandFailed,
  CommandMissing,
];

const explain = (error: unknown): string => {
  if (error instanceof UsageError) return `${error.message}\nnpm run cluster -- --help says what there is.`;
  if (error instanceof BuildFailed) return [error.message, ...error.lines].join('\n');
  if (forPersons.some((kind) => error instanceof kind)) return (error as Error).message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
};

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    if ((error as Error).name === 'AbortError') {
      terminal.hint('Stopped. What is there stays; `npm run cluster` goes on from here.');
      process.exit(130);
    }
    terminal.trouble(explain(error));
    process.exit(error instanceof UsageError ? 2 : 1);
  },
);
