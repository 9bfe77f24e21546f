import type { Rendered } from './cluster';

/** One thing that is wrong. */
export interface Finding {
  /** `Deployment/web` */
  readonly resource: string;
  /** What is wrong with it, and what to do. */
  readonly message: string;
}

export interface Policy {
  /** Lower-case words with dashes. */
  readonly name: string;
  /** What happens without it. */
  readonly because: string;
  /** Applications that it isn't asked of, with the reason. */
  readonly except?: Readonly<Record<string, string>>;
  /** What is wrong in one Application; the others of its cluster are there to look things up. */
  readonly check: (rendered: Rendered, cluster: readonly Rendered[]) => readonly Finding[];
}

/** One of {@link Policy}'s findings, with where it is. */
export interface Violation extends Finding {
  readonly policy: string;
  readonly application: string;
}

/** Everything that the policies find in a cluster. */
export const violationsOf = (policies: readonly Policy[], cluster: readonly Rendered[]): Violation[] =>
  policies.flatMap(({ name: policy, except = {}, check }) =>
    cluster
      .filter(({ application }) => !(application.metadata.name in except))
      .flatMap((rendered) =>
        check(rendered, cluster).map((finding) => ({
          policy,
          application: rendered.application.metadata.name,
          ...finding,
        })),
      ),
  );
