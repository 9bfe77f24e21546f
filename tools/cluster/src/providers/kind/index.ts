export { kindProvider } from './kind';
