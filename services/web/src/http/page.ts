import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Middleware } from '@almanac/service-kit';

/** A file of the page; all of them together are smaller than one photograph, so they stay in memory. */
interface Asset {
  readonly path: string;
  readonly bytes: Buffer;
  readonly etag: string;
  /** Null when compression doesn't pay. Made when it is first asked for. */
  compressed(encoding: 'br' | 'gzip'): Promise<Buffer | null>;
}

const compressors = {
  br: (bytes: Buffer) =>
    promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
  gzip: (bytes: Buffer) => promisify(gzip)(bytes, { level: 9 }),
};

const compressible = /\.(html|js|css|svg|json|webmanifest|map|txt)$/;

/**
 * The page, from the folder that it was built to. Answers files, and its index for every other path
 * that can be a view of it; leaves alone what belongs to an API or looks like a file that isn't there.
 *
 * No library does it: what they add over Koa's own negotiation is reading the disk at each request
 * and an ETag of its times, which are all the same in a reproducible image.
 *
 * @throws Error when the page wasn't built
 */
export async function servePage(directory: string, publicUrl: URL): Promise<Middleware> {
  const assets = await readAssets(directory);
  const index = assets.get('/index.html');
  if (!index)
    throw new Error(
      `there is no page in ${directory}; build it with: npm run build --workspace @almanac/web`,
    );
  const headers = headersFor(publicUrl);

  return async (ctx, next) => {
    const asset = assets.get(ctx.path) ?? (isView(ctx.path) ? index : undefined);
    if (!asset || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) {
      await next();
      return;
    }
    ctx.state.route = 'page';
    ctx.status = 200;
    ctx.set(headers);
    ctx.type = asset.path.slice(asset.path.lastIndexOf('.'));
    // The name of what Vite writes there says what is in it; the index says which of them to take.
    ctx.set('Cache-Control', isHashed(asset.path) ? 'public, max-age=31536000, immutable' : 'no-store');
    ctx.set('ETag', asset.etag);
    ctx.vary('Accept-Encoding');
    if (ctx.fresh) {
      ctx.status = 304;
      return;
    }
    const encoding = ctx.acceptsEncodings('br', 'gzip', 'identity');
    const compressed = encoding === 'br' || encoding === 'gzip' ? await asset.compressed(encoding) : null;
    if (compressed) ctx.set('Content-Encoding', encoding as string);
    ctx.body = compressed ?? asset.bytes;
  };
}

const isView = (path: string): boolean => !/^\/(api|\.well-known|health|metrics)(\/|$)|\./.test(path);
const isHashed = (path: string): boolean => path.startsWith('/assets/');

async function readAssets(directory: string): Promise<Map<string, Asset>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  return new Map(
    await Promise.all(
      files.map(async (file) => {
        const path = `/${relative(directory, file).split(sep).join('/')}`;
        return [path, assetOf(path, await readFile(file))] as const;
      }),
    ),
  );
}

function assetOf(path: string, bytes: Buffer): Asset {
  const made = new Map<string, Promise<Buffer | null>>();
  const compress = async (encoding: 'br' | 'gzip'): Promise<Buffer | null> => {
    const smaller = await compressors[encoding](bytes);
    return smaller.length < bytes.length ? smaller : null;
  };
  return {
    path,
    bytes,
    etag: `W/"${createHash('sha256').update(bytes).digest('base64url')}"`, // weak: each encoding has the same
    compressed: (encoding) => {
      if (!compressible.test(path)) return Promise.resolve(null);
      const known = made.get(encoding) ?? compress(encoding);
      made.set(encoding, known);
      return known;
    },
  };
}

/**
 * The page may load and reach nothing but its own origin, run no script that stands in its markup,
 * and be shown in nobody's frame. `'self'` covers its WebSocket (CSP 3, 6.7.2.8).
 */
const policy = {
  'default-src': `'none'`,
  'script-src': `'self'`,
  'style-src': `'self'`,
  'img-src': `'self' data:`, // Vite puts small pictures into the style sheet
  'font-src': `'self'`,
  'connect-src': `'self'`,
  'manifest-src': `'self'`,
  'base-uri': `'none'`,
  'form-action': `'self'`,
  'frame-ancestors': `'none'`,
};

const headersFor = ({ protocol }: URL): Record<string, string> => ({
  'Content-Security-Policy': Object.entries(policy)
    .map(([directive, sources]) => `${directive} ${sources}`)
    .join('; '),
  'Referrer-Policy': 'same-origin',
  'Permissions-Policy':
    'accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  ...(protocol === 'https:' && { 'Strict-Transport-Security': 'max-age=31536000' }),
});
