import type { Terminal } from '@almanac/command-line';
import type { Report } from './providers/provider';

/** Shows the steps of a provider like our own. */
export const reportTo = (terminal: Terminal): Report => ({
  step: (name, run) => terminal.step({ name, run }),
  note: (line) => terminal.hint(line),
});
