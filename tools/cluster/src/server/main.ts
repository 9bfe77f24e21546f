import { resolve } from 'node:path';
import { followPush } from './follow-push';
import type { ServerOptions } from './options';
import { portsOf } from './ports';
import { serve } from './serve';

/** This process outlives the command that started it; what it says goes to a log. */
const main = async (): Promise<void> => {
  const [json = ''] = process.argv.slice(2);
  const options = JSON.parse(json) as ServerOptions;
  const workingCopy = resolve(__dirname, '../../../..');
  // It ends when it is told to, with all its connections; a build goes on, and writes its release by itself.
  await serve(options, followPush(portsOf(options, workingCopy)));
};

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
