import type { IncomingMessage } from 'node:http';
import { AppError } from '@almanac/kernel';
import getRawBody from 'raw-body';

const maxBytes = 256 * 1024;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a JSON body.
 *
 * Bytes that aren't UTF-8 are refused, not replaced: what is stored must be what was sent.
 * @throws AppError `unsupported_media_type`, `body_too_large`, `malformed_request`
 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const [type = '', ...parameters] = (request.headers['content-type'] ?? '').toLowerCase().split(';');
  if (type.trim() !== 'application/json')
    throw new AppError('unsupported_media_type', 'Send the body with `Content-Type: application/json`.');
  const charset = parameters
    .map((parameter) => /^\s*charset="?([^"]+)"?\s*$/.exec(parameter)?.[1])
    .find(Boolean);
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8')
    throw new AppError('unsupported_media_type', 'JSON is UTF-8 (RFC 8259, 8.1).');
  if (request.headers['content-encoding'] !== undefined && request.headers['content-encoding'] !== 'identity')
    throw new AppError('unsupported_media_type', 'Compressed bodies are not understood.');
  const bytes = await getRawBody(request, {
    length: request.headers['content-length'] ?? null,
    limit: maxBytes,
  }).catch((error: unknown) => {
    if (error instanceof Error && 'type' in error && error.type === 'entity.too.large')
      throw new AppError('body_too_large', `A body may have ${maxBytes / 1024} KiB at most.`, {
        cause: error,
      });
    throw new AppError('malformed_request', 'The body did not arrive whole.', { cause: error });
  });
  try {
    return JSON.parse(utf8.decode(bytes)) as unknown;
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message : 'it is not valid UTF-8';
    throw new AppError('malformed_request', `The body is not JSON: ${reason}.`, { cause: error });
  }
}
