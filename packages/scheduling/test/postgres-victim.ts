import { runVictim } from './job-scheduler.conformance';
import { postgresReplica } from './postgres-replica';

const [connectionString, queue] = process.argv.slice(2) as [string, string];
void runVictim(postgresReplica(connectionString, queue));
