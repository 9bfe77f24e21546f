/**
 * What git runs after a push: tells the server which refs moved, and the person what the server says of it.
 * Plain JavaScript that starts in a moment, because everybody who pushes waits for it.
 *
 *   post-receive.mjs <socket of the server>
 */
import { request } from 'node:http';

const [socketPath] = process.argv.slice(2);

const server = request({ socketPath, method: 'POST', path: '/received' }, (response) => {
  response.pipe(process.stdout);
});
server.on('error', (error) => {
  console.log(
    `The push is kept, but nothing follows from it: the server that builds is away (${error.code}).`,
  );
  console.log('Bring it back: npm run cluster');
});
process.stdin.pipe(server);
