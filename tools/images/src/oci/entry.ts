/** Who owns a file in an image, by number. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** One file, link or folder of a layer. Paths are absolute, as a container sees them. */
export type Entry = { readonly path: string; readonly owner?: Owner } & (
  | { readonly kind: 'file'; readonly content: string | Buffer; readonly mode: number }
  /** A file of this machine, read when the layer is written. */
  | { readonly kind: 'copy'; readonly from: string; readonly mode: number }
  | { readonly kind: 'link'; readonly to: string }
  | { readonly kind: 'folder'; readonly mode: number }
);

/** A text, e.g. a configuration file. */
export const text = (path: string, content: string): Entry => ({ kind: 'file', path, content, mode: 0o644 });

/** A text that can be run. */
export const script = (path: string, content: string): Entry => ({
  kind: 'file',
  path,
  content,
  mode: 0o755,
});

/** A program of this machine. */
export const executable = (path: string, from: string): Entry => ({ kind: 'copy', path, from, mode: 0o755 });

/** A symbolic link at `path` that leads to `to`. */
export const link = (path: string, to: string): Entry => ({ kind: 'link', path, to });

/** An empty folder; only those that someone must own or write to need to be named. */
export const folder = (path: string, mode = 0o755, owner?: Owner): Entry => ({
  kind: 'folder',
  path,
  mode,
  ...(owner && { owner }),
});
