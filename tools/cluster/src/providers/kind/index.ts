export { createKindProvider } from './kind';
