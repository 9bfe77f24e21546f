import { styleText } from 'node:util';
import type { Output } from '../streams';

type Format = Parameters<typeof styleText>[0];
export type Style = (format: Format, text: string) => string;

/** Colours where there is a terminal that shows them; NO_COLOR is respected, as Node does it. */
export const styleFor = (out: Output): Style => {
  const colours = out.isTTY === true && out.hasColors?.() === true;
  return (format, text) => (colours ? styleText(format, text, { validateStream: false }) : text);
};

/** Columns as wide as their widest cell; the last one ends where it ends. */
export const columns = (rows: readonly (readonly string[])[]): string[] => {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
};

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const;

/** How long ago an instant was, in its largest unit: `3 h ago`. */
export function ago(at: string, now: number): string {
  const passed = now - Date.parse(at); // ms
  const [unit, length] = units.find(([, size]) => passed >= size) ?? [];
  return unit === undefined ? 'just now' : `${Math.floor(passed / length)} ${unit} ago`;
}

export const short = (commit: string): string => commit.slice(0, 10);

export const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
