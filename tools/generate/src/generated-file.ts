/** A file that follows from other files. What stands in it is never edited by hand. */
export interface GeneratedFile {
  /** Relative to the repository's root. */
  readonly path: string;
  /** Needs no formatting: prettier goes over it before it is written or compared. */
  readonly content: string;
}

/** Works out files from what is in the repository at `root`; writes nothing. */
export type Generator = (root: string) => readonly GeneratedFile[] | Promise<readonly GeneratedFile[]>;
