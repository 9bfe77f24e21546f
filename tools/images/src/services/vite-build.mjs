/**
 * Builds the page of a service, in a process of its own: Vite takes memory, and is an ES module.
 *
 *   node vite-build.mjs <folder of the service> <folder to write to> <names of our packages → files, as JSON>
 *
 * Names are given as aliases, because links in node_modules may lead to another checkout.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [service, outDir, files] = process.argv.slice(2);
const vite = createRequire(join(service, 'package.json')).resolve('vite');
const { build } = await import(pathToFileURL(vite).href);

process.chdir(service);
await build({
  configLoader: 'runner',
  logLevel: 'warn',
  resolve: {
    alias: Object.entries(JSON.parse(files)).map(([name, replacement]) => ({
      find: new RegExp(`^${name}$`),
      replacement,
    })),
  },
  build: { outDir, emptyOutDir: true },
});
