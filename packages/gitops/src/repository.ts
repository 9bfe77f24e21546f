/** A person, or a machine that acts for one. */
export interface Identity {
  readonly name: string;
  readonly email: string;
}

export interface Commit {
  /** 40 hex digits. */
  readonly id: string;
  readonly author: Identity;
  /** ISO 8601, with the author’s offset. */
  readonly at: string;
  readonly subject: string;
  readonly trailers: Readonly<Record<string, string>>;
}

export interface NewCommit {
  /** The commit it is made upon. */
  readonly parent: string;
  readonly path: string;
  readonly content: string;
  readonly message: string;
  readonly author: Identity;
}

export type Pushed =
  | {
      readonly pushed: true;
      readonly commit: string;
      /** What the server said, line by line. */ readonly said: readonly string[];
    }
  /** Somebody else pushed in between. Nothing happened. */
  | { readonly pushed: false };

/** The repository whose state branch says what runs where. */
export interface Repository {
  /** Its address, as a message may show it. */
  readonly remote: string;
  /** The state branch. */
  readonly branch: string;
  /** The newest commit of the state branch, asked of the remote; what it needs is brought here. */
  head(): Promise<string>;
  /** The newest commit of a branch as it was at the last `head()`. */
  tip(branch: string): Promise<string | undefined>;
  paths(commit: string, folder: string): Promise<readonly string[]>;
  /** The files at these paths, in their order; undefined for one that isn’t there. */
  read(files: readonly { readonly commit: string; readonly path: string }[]): Promise<(string | undefined)[]>;
  /** The commits that changed this path, newest first. */
  log(commit: string, path: string, limit: number): Promise<readonly Commit[]>;
  /** The commits that are in `to` and not in `from`, newest first; without those that only say what runs where. */
  between(from: string, to: string, limit: number): Promise<readonly Commit[]>;
  commit(id: string): Promise<Commit | undefined>;
  isAncestor(older: string, newer: string): Promise<boolean>;
  /** The paths that differ between two commits; undefined when one of them isn’t there any more. */
  changed(from: string, to: string): Promise<readonly string[] | undefined>;
  /** Writes the files of a commit into a folder. */
  checkOut(commit: string, folder: string): Promise<void>;
  /**
   * Puts one file on the state branch, if its newest commit still is `parent`.
   *
   * @throws PushRefused when the server doesn’t take it, with what it said
   */
  push(commit: NewCommit): Promise<Pushed>;
}

/** The server didn’t take a push: a rule, a hook or missing rights, and not because somebody was faster. */
export class PushRefused extends Error {
  override readonly name = 'PushRefused';

  constructor(
    readonly remote: string,
    readonly reason: string,
    readonly said: readonly string[],
  ) {
    super([`${remote} refused the push: ${reason}`, ...said.map((line) => `  ${line}`)].join('\n'));
  }
}
