/** What is wrong with a setting. */
export interface ConfigProblem {
  /** As in the environment; `settings` when several don't fit together. */
  readonly name: string;
  /** In words, without the value: it may be a secret. */
  readonly reason: string;
}

/** The program can't run with this environment. The message names everything that is wrong with it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ name, reason }) => `  ${name}: ${reason}`);
    super(['The environment lacks settings, or has wrong ones:', ...lines].join('\n'));
  }
}
