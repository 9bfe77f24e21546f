import { spawn } from 'node:child_process';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { gitCommand } from './git';

export interface GitHttpOptions {
  /** Absolute path of the folder whose repositories are served. */
  readonly root: string;
  /** Whether a request may push. */
  readonly mayPush: (request: IncomingMessage, repository: string) => Promise<boolean> | boolean;
}

/** What git's own CGI program is told of a request (RFC 3875, `git help http-backend`). */
const variablesOf = (request: IncomingMessage, root: string, pushes: boolean): Record<string, string> => {
  const { pathname, search } = new URL(request.url ?? '/', 'http://git');
  const { headers } = request;
  return {
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: '1',
    REQUEST_METHOD: request.method ?? 'GET',
    PATH_INFO: decodeURIComponent(pathname),
    QUERY_STRING: search.slice(1),
    CONTENT_TYPE: headers['content-type'] ?? '',
    HTTP_CONTENT_ENCODING: headers['content-encoding'] ?? '',
    GIT_PROTOCOL: String(headers['git-protocol'] ?? ''),
    REMOTE_ADDR: request.socket.remoteAddress ?? '',
    // It lets those push who have a name.
    ...(pushes && { REMOTE_USER: 'local' }),
  };
};

const headEnd = '\r\n\r\n';

/** Passes on what a CGI program writes: a head with `Status`, then the body as it comes. */
const answerWith = (output: NodeJS.ReadableStream, response: ServerResponse): void => {
  let head: Buffer | undefined = Buffer.alloc(0);
  output.on('data', (chunk: Buffer) => {
    if (head === undefined) return void response.write(chunk);
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf(headEnd);
    if (end < 0) return;
    for (const line of head.toString('latin1', 0, end).split('\r\n')) {
      const [name = '', value = ''] = line.split(/: (.*)/, 2);
      if (name.toLowerCase() === 'status') response.statusCode = Number.parseInt(value, 10);
      else response.setHeader(name, value);
    }
    response.write(head.subarray(end + headEnd.length));
    head = undefined;
  });
  output.on('end', () => {
    if (head !== undefined) response.statusCode = 500; // it ended without an answer
    response.end();
  });
};

const refuse = (response: ServerResponse, status: number, why: string): void => {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${why}\n`);
};

/** The repository a request is about, as `almanac.git`; none if it is about something else. */
const repositoryOf = (url = ''): string | undefined => /^\/((?:[\w-]+\/)*[\w.-]+\.git)\//.exec(url)?.[1];

/**
 * git's smart HTTP protocol, by git's own `http-backend`: whoever reaches it may read, and those may push
 * whom `mayPush` lets.
 */
export const gitOverHttp =
  ({ root, mayPush }: GitHttpOptions): RequestListener =>
  (request, response) => {
    const repository = repositoryOf(request.url);
    if (repository === undefined) return refuse(response, 404, 'No repository has this address.');
    const serve = async () => {
      const wantsToPush = request.url?.includes('git-receive-pack') ?? false;
      const pushes = wantsToPush && (await mayPush(request, repository));
      if (wantsToPush && !pushes) return refuse(response, 403, 'Pushes come from this machine only.');

      const { command, args } = gitCommand(['http-backend'], variablesOf(request, root, pushes));
      const backend = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
      backend.on('error', (error) => refuse(response, 500, `git can't be run: ${error.message}`));
      backend.stdin.on('error', () => undefined); // it had read enough
      response.on('close', () => backend.kill());
      request.pipe(backend.stdin);
      answerWith(backend.stdout, response);
    };
    serve().catch((error: unknown) => refuse(response, 500, String(error)));
  };
