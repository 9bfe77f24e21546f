import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { workspaceExports } from './workspaces';

/**
 * What a service's page is made of, beside packages of npm; the folders with all they hold.
 *
 * @returns paths from the top of the checkout
 */
export const pageSources = (service: string): readonly string[] => [
  `services/${service}/page`,
  `services/${service}/vite.config.ts`,
  `services/${service}/tsconfig.json`,
  'tsconfig.base.json',
  'packages/contracts/src',
  'packages/kernel/src',
];

/**
 * Builds a page with Vite, whose configuration lies in the service's folder.
 *
 * @param service folder of the service
 * @param to folder that gets the page; what is there is replaced
 * @param root folder of the checkout
 */
export async function buildPage(service: string, to: string, root: string): Promise<void> {
  const files = Object.fromEntries(await workspaceExports(root));
  const script = require.resolve('./vite-build.mjs');
  try {
    await promisify(execFile)(process.execPath, [script, service, to, JSON.stringify(files)]);
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    throw new Error(`The page in ${service} can't be built:\n${stderr.trim() || message}`, { cause: error });
  }
}
