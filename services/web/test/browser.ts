import type { Answer, RequestOptions } from '@almanac/testkit/service';

/** As much of a browser as signing in takes: it keeps cookies by host and path, and follows redirects by hand. */
export interface Browser {
  /** A request of the page's own script, or of another page's when the headers say so. */
  call(method: string, path: string, options?: RequestOptions): Promise<Answer>;
  /** Opens a page, through all redirects. `url` is the last one. */
  open(url: string, form?: Readonly<Record<string, string>>): Promise<{ url: URL; html: string }>;
  cookie(name: string): string | undefined;
  setCookie(name: string, value: string, path: string): void;
}

interface Cookie {
  readonly host: string;
  readonly path: string;
  readonly name: string;
  readonly value: string;
}

/**
 * @param home the origin that the browser believes to be at
 * @param address where that really is
 */
export function createBrowser(home: string, address: string): Browser {
  let jar: Cookie[] = [];
  const store = (cookie: Cookie, isDead: boolean) => {
    const same = ({ host, path, name }: Cookie) =>
      host === cookie.host && path === cookie.path && name === cookie.name;
    jar = [...jar.filter((known) => !same(known)), ...(isDead ? [] : [cookie])];
  };
  const keep = (url: URL, line: string) => {
    const [pair = '', ...attributes] = line.split(/;\s*/);
    const [name = '', value = ''] = pair.split(/=(.*)/s);
    const path = attributes.find((attribute) => /^path=/i.test(attribute))?.slice(5) ?? '/';
    const isDead = attributes.some((attribute) =>
      /^(max-age=0|expires=Thu, 01 Jan 1970.*)$/i.test(attribute),
    );
    store({ host: url.host, path, name, value }, isDead);
  };
  const send = async (url: URL, init: RequestInit): Promise<Response> => {
    const cookies = jar.filter(({ host, path }) => host === url.host && url.pathname.startsWith(path));
    const headers = new Headers(init.headers);
    if (cookies.length > 0)
      headers.set('cookie', cookies.map(({ name, value }) => `${name}=${value}`).join('; '));
    const target = url.origin === home ? new URL(url.pathname + url.search, address) : url;
    const response = await fetch(target, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) keep(url, line);
    return response;
  };
  return {
    call: async (method, path, { body, headers } = {}) => {
      const response = await send(new URL(path, home), {
        method,
        headers: {
          ...(method !== 'GET' && { origin: home }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        body: text === '' ? null : (JSON.parse(text) as unknown),
      };
    },
    open: async (start, form) => {
      let url = new URL(start, home);
      let init: RequestInit = form ? { method: 'POST', body: new URLSearchParams(form) } : {};
      for (let hops = 0; hops < 10; hops += 1) {
        const response = await send(url, init);
        const location = response.headers.get('location');
        if (location === null) return { url, html: await response.text() };
        url = new URL(location, url);
        if (url.origin === home && !url.pathname.startsWith('/api/')) return { url, html: '' };
        init = {};
      }
      throw new Error(`more than 10 redirects, the last one to ${url.href}`);
    },
    cookie: (name) => jar.find((cookie) => cookie.name === name)?.value,
    setCookie: (name, value, path) => store({ host: new URL(home).host, path, name, value }, false),
  };
}
