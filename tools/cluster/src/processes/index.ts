export { attempt } from './attempt';
export { processesIn, type ProcessDefinition, type Processes } from './processes';
export { CommandFailed, CommandMissing, run, type Run, type RunOptions } from './run';
export { until } from './until';
