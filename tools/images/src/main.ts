import { cp, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '@almanac/command-line';
import { MissingTool } from '@almanac/kubernetes';
import { parseArguments } from './arguments';
import { buildService, serviceNamed } from './services/build';
import { writeServiceImages } from './services/write-service-images';
import { thirdPartyReferences, writeThirdPartyImages } from './third-party';

const root = join(__dirname, '..', '..', '..');
const print = (line: string) => void process.stdout.write(`${line}\n`);

async function main(args: readonly string[]): Promise<void> {
  const asked = parseArguments(args);
  switch (asked.command) {
    case 'help':
      print(await readFile(join(__dirname, '..', 'help.txt'), 'utf8'));
      return;
    case 'services':
      for (const { reference, digest, archive } of Object.values(await writeServiceImages(root, asked)))
        print(`${reference}@${digest} ${archive}`);
      return;
    case 'third-party': {
      const references = Object.values(await thirdPartyReferences());
      const archives = await writeThirdPartyImages(references, asked);
      references.forEach((reference, index) => print(`${reference} ${archives[index]}`));
      return;
    }
    case 'bundle': {
      const { main: program, page } = await buildService(root, serviceNamed(root, asked.service));
      await mkdir(asked.to, { recursive: true });
      await cp(program, join(asked.to, 'main.js'));
      if (page !== undefined) await cp(page, join(asked.to, 'page'), { recursive: true });
    }
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  if (!(error instanceof UsageError || error instanceof MissingTool)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
