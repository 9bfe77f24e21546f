import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Where the lines go: a terminal, a pipe or a file. */
export type Output = NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY'>>;

interface Step<Result> {
  readonly name: string;
  /** @param say what it is at; on a terminal it shows while it lasts */
  run(say: (doing: string) => void): Promise<Result>;
  /** What came of it, in a few words. */
  outcome?(result: Result): string;
}

export interface Terminal {
  title(text: string): void;
  /** Runs a step and shows, in one line, what it is at, what came of it and how long it took. */
  step<Result>(step: Step<Result>): Promise<Result>;
  /** Names and what they stand for, one under the other. */
  facts(heading: string, facts: Readonly<Record<string, string>>): void;
  hint(text: string): void;
  /** Something that needs attention, with its lines below each other. */
  trouble(text: string): void;
}

const clearLine = '\r\u001b[K';
const outcomeWidth = 46;

/** Milliseconds as a person reads them, e.g. `0.4 s`. */
export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/**
 * Writes what a person sees. Colours only on a terminal that has them (NO_COLOR is respected).
 *
 * @param nameWidth columns for the names of steps and facts
 */
export const createTerminal = (output: Output, { nameWidth = 12 } = {}): Terminal => {
  const style = (format: Style, text: string) => styleText(format, text, { stream: output });
  const write = (text: string) => void output.write(text);
  const line = (mark: string, name: string, text: string) => `  ${mark} ${name.padEnd(nameWidth)}${text}`;

  return {
    title: (text) => write(`\n  ${style('bold', text)}\n\n`),
    step: async ({ name, run, outcome = () => '' }) => {
      const begin = performance.now();
      const took = () => style('dim', seconds(performance.now() - begin));
      const say = (doing: string) => {
        if (output.isTTY)
          write(`${clearLine}${line(style('dim', '·'), name, style('dim', `${doing} …`.trim()))}`);
      };
      const end = output.isTTY ? clearLine : '';
      say('');
      try {
        const result = await run(say);
        write(`${end}${line(style('green', '✓'), name, outcome(result).padEnd(outcomeWidth))}${took()}\n`);
        return result;
      } catch (error) {
        write(`${end}${line(style('red', '✗'), name, 'failed'.padEnd(outcomeWidth))}${took()}\n`);
        throw error;
      }
    },
    facts: (heading, facts) => {
      const entries = Object.entries(facts).map(
        ([name, value]) => `    ${style('dim', name.padEnd(nameWidth))}${style('bold', value)}\n`,
      );
      write(`\n  ${style(['green', 'bold'], heading)}\n\n${entries.join('')}`);
    },
    hint: (text) => write(`\n  ${style('dim', text)}\n`),
    trouble: (text) => write(`\n${text.replace(/^/gm, `  ${style('red', '│')} `)}\n\n`),
  };
};
