export { parseOptions, portOf, UsageError } from './arguments';
export { confirm, type Confirmation } from './confirm';
export { choosePort, type ChosenPort } from './port';
export { createTerminal, seconds, type Output, type Terminal } from './terminal';
