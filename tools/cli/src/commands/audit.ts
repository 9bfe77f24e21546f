import { auditLogRepository, verifyChain } from '@almanac/audit';
import { createDataSource } from '@almanac/database';
import { createEmbeddedBus } from '@almanac/messaging';
import { Command } from 'commander';
import { connectionTo, dataOption } from '../connect';
import type { Streams } from '../streams';

export const auditCommand = (out: Streams['out']): Command =>
  new Command('audit').description('the log of everything that happened').addCommand(
    new Command('verify')
      .description('recompute the hash chain and compare it with every head that was published')
      .addOption(dataOption())
      .option('--json', 'for scripts')
      .action(async ({ data, json }: { data: string; json?: true }) => {
        const connection = await connectionTo(data);
        const dataSource = createDataSource({ ...connection, poolSize: 1 }, 'audit');
        const bus = createEmbeddedBus({ connection, poolSize: 1 });
        try {
          await dataSource.initialize();
          const result = await verifyChain({
            log: auditLogRepository({
              query: (sql, parameters) => dataSource.query(sql, [...(parameters ?? [])]),
            }),
            eventLog: bus,
          });
          const whole = result.problems.length === 0;
          if (json) out.write(`${JSON.stringify(result)}\n`);
          else {
            out.write(`${result.entries} entries and ${result.heads} published heads checked\n`);
            out.write(
              whole
                ? 'the chain is whole\n'
                : result.problems.map((problem) => `BROKEN: ${problem}\n`).join(''),
            );
          }
          if (!whole) process.exitCode = 2;
        } finally {
          await bus.stop();
          if (dataSource.isInitialized) await dataSource.destroy();
        }
      }),
  );
