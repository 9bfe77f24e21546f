import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { finished } from 'node:stream/promises';

export interface Log {
  readonly file: string;
  /** Takes a line of JSON; fits pino. */
  write(line: string): void;
  close(): Promise<void>;
}

interface LogLine {
  readonly level?: string;
  readonly service?: string;
  readonly message?: string;
  readonly error?: { readonly message?: string };
}

/** What an error line says to a person; none for other lines. */
const complaintOf = (line: string): string | undefined => {
  const { level, service, message, error } = JSON.parse(line) as LogLine;
  if (level !== 'error' && level !== 'fatal') return undefined;
  return `${service}: ${message}${error?.message === undefined ? '' : `\n${error.message}`}`;
};

/**
 * Keeps the log lines of all services in a file, that of the run before beside it, and leaves the
 * terminal to what a person has to know: each complaint once.
 *
 * @param complain gets an error as text for a person
 */
export const openLog = async (file: string, complain: (text: string) => void): Promise<Log> => {
  await rename(file, `${file}.previous`).catch(() => undefined); // there is none the first time
  const stream = createWriteStream(file, { mode: 0o600 });
  const said = new Set<string>();
  return {
    file,
    write: (line) => {
      stream.write(line);
      if (!line.includes('"level":"error"') && !line.includes('"level":"fatal"')) return;
      const complaint = complaintOf(line);
      if (complaint === undefined || said.has(complaint)) return;
      said.add(complaint);
      complain(complaint);
    },
    close: async () => {
      stream.end();
      await finished(stream);
    },
  };
};
