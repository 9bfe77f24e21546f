/** `npm start`: the whole product on this machine. Also `node …/tools/start.mjs`, from any folder. */
import { bootstrap } from './bootstrap.mjs';

await bootstrap('tools/host/src/main.ts', process.argv.slice(2));
