export { bare } from './bare';
