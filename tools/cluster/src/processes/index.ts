export { attempt } from './attempt';
export { processesIn, type ProcessDefinition, type Processes } from './processes';
export { CommandFailed, CommandMissing, run, type Run } from './run';
export { until } from './until';
