export { createContextProvider } from './context';
