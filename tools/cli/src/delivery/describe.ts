import {
  compareReleases,
  type Change,
  type Commit,
  type Refusal,
  type Release,
  type Repository,
} from '@almanac/gitops';
import { count, short, type Style } from './style';

const shortDigest = (digest: string | undefined): string =>
  digest?.slice('sha256:'.length, 'sha256:'.length + 12) ?? 'none';

/** What changes where `from` runs when `to` comes, line by line. */
function describeComparison(from: Release | undefined, to: Release): string[] {
  const { images, schema } = compareReleases(from, to);
  return [
    ...images.map(
      (image) => `image   ${image.service}: ${shortDigest(image.from)} → ${shortDigest(image.to)}`,
    ),
    ...schema.map(
      ({ service, from: old, to: fresh }) =>
        `schema  ${service}: ${old ? `${old.min}–${old.max}` : 'none'} → ${fresh ? `${fresh.min}–${fresh.max}` : 'none'}`,
    ),
  ];
}

/** The commits that `to` has and `from` hasn’t; none when one of them isn’t there any more. */
export async function workBetween(
  repository: Repository,
  from: Release | undefined,
  to: Release,
  limit = 200,
): Promise<readonly Commit[]> {
  if (from === undefined || from.revision === to.revision) return [];
  return repository.between(from.revision, to.revision, limit).catch(() => []);
}

/** What would go from `from` to `to`, and what would be taken back. */
export async function describeStep(
  repository: Repository,
  from: Release | undefined,
  to: Release,
  style: Style,
  most = 20,
): Promise<string[]> {
  const [gained, lost] = await Promise.all([
    workBetween(repository, from, to),
    from ? workBetween(repository, to, from) : [],
  ]);
  const list = (sign: string, commits: readonly Commit[]): string[] => [
    ...commits.slice(0, most).map(({ id, subject }) => `  ${sign} ${style('dim', short(id))} ${subject}`),
    ...(commits.length > most ? [`  … and ${count(commits.length - most, 'more commit')}`] : []),
  ];
  return [
    ...list(style('green', '+'), gained),
    ...list(style('red', '-'), lost),
    ...describeComparison(from, to).map((line) => `  ${line}`),
  ];
}

export const describeRefusal = ({ because, instead }: Refusal): string =>
  instead === undefined ? because : `${because}\n  ${instead}`;

/** A change of one file as JSON: without the texts, which git has. */
export const changeAsJson = ({ before, after, message }: Change): object => ({
  environment: after.name,
  path: after.path,
  from: before.release?.id,
  to: after.release?.id,
  ...message,
});
