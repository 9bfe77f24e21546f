export { contextProvider } from './context';
