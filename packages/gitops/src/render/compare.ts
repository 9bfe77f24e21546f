import { createTwoFilesPatch } from 'diff';
import type { Manifest } from './render';

/** One resource in two renderings. */
export interface ManifestDifference {
  readonly id: string;
  readonly how: 'added' | 'removed' | 'changed';
  /** A unified diff of its YAML. */
  readonly diff: string;
}

/** What differs between two renderings, resource by resource. */
export function compareManifests(
  from: readonly Manifest[],
  to: readonly Manifest[],
): readonly ManifestDifference[] {
  const before = new Map(from.map(({ id, text }) => [id, text]));
  const after = new Map(to.map(({ id, text }) => [id, text]));
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((id) => {
    const [old = '', fresh = ''] = [before.get(id), after.get(id)];
    if (old === fresh) return [];
    const how = old === '' ? 'added' : fresh === '' ? 'removed' : 'changed';
    return { id, how, diff: withoutHeader(createTwoFilesPatch('', '', old, fresh, '', '', { context: 3 })) };
  });
}

/** Without the lines that name two files: there are none. */
const withoutHeader = (patch: string): string => patch.slice(Math.max(patch.indexOf('@@'), 0)).trimEnd();
