import { resolve } from 'node:path';
import { processesIn, until, type ProcessDefinition } from '../processes';
import type { ServerOptions } from '../server/options';

/** Name of the process that is a cluster's git server and its way to the gateway. */
export const serverName = 'git-server';

const definitionOf = (options: ServerOptions, workingCopy: string): ProcessDefinition => ({
  name: serverName,
  command: process.execPath,
  args: [
    '--require',
    require.resolve('ts-node/register'),
    resolve(__dirname, '../server/main.ts'),
    JSON.stringify(options),
  ],
  environment: { TS_NODE_PROJECT: resolve(workingCopy, 'tsconfig.base.json') },
});

/** Where this machine finds the repository of a cluster. */
export const repositoryAddress = (gitPort: number): string => `http://127.0.0.1:${gitPort}/almanac.git`;

/** Starts the server of a cluster, unless it runs already as it should; see server/serve.ts. */
export const startServer = async (options: ServerOptions, workingCopy: string): Promise<void> => {
  const processes = processesIn(options.directory);
  await processes.start(definitionOf(options, workingCopy));
  const refs = `${repositoryAddress(options.gitPort)}/info/refs?service=git-upload-pack`;
  await until(`the git server answers (its log: ${processes.log(serverName)})`, 20_000, async () => {
    const response = await fetch(refs);
    await response.arrayBuffer();
    return response.ok;
  });
};
