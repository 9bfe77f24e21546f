import { clearInterval, setInterval } from 'node:timers';

/** ms between two looks; on a terminal, where a line is drawn over, and elsewhere, where each stays. */
const intervals = { terminal: 200, log: 5000 };

const width = 24;

const bar = (share) => {
  const filled = Math.round(share * width);
  return '━'.repeat(filled) + ' '.repeat(width - filled);
};

/**
 * Shows on stderr how far something is, until `end()`.
 *
 * @param {string} what
 * @param {number} total
 * @param {() => number} count how many are done by now
 * @returns {{ end(): void }}
 */
export function showProgress(what, total, count) {
  const terminal = process.stderr.isTTY;
  const begin = Date.now();
  const show = () => {
    const done = count();
    const seconds = Math.round((Date.now() - begin) / 1000);
    const text = `${done} of ${total}  ${seconds} s`;
    process.stderr.write(
      terminal ? `\r\x1b[K  ${what}  ${bar(done / total)}  ${text}` : `  ${what}: ${text}\n`,
    );
  };
  show();
  const timer = setInterval(show, terminal ? intervals.terminal : intervals.log);
  return {
    end() {
      clearInterval(timer);
      show();
      if (terminal) process.stderr.write('\n');
    },
  };
}
