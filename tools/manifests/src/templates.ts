import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { program } from '@almanac/kubernetes';

/** A JSON value whose strings are Go templates, and what they are filled in with. */
export interface TemplateRequest {
  readonly template: unknown;
  readonly parameters: Readonly<Record<string, unknown>>;
}

let executable: Promise<string> | undefined;

type Answer = { readonly result: unknown } | { readonly error: string };

/**
 * Fills in Go templates as the ApplicationSet controller does.
 *
 * @throws Error with the first that can't be, e.g. because a key is missing
 */
export async function renderTemplates(requests: readonly TemplateRequest[]): Promise<unknown[]> {
  if (requests.length === 0) return [];
  executable ??= program('render-templates');
  const child = spawn(await executable, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(requests));
  const [output] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return (JSON.parse(output) as Answer[]).map((answer) => {
    if ('error' in answer) throw new Error(answer.error);
    return answer.result;
  });
}
