export { decide } from './decide';
export { stateOf, type Decision, type ReleaseState } from './decision';
export type { Evidence, Symptom, SymptomKind } from './evidence';
export type { History, Step } from './history';
export type * from './observation';
export { instant, type Instant, type Seconds } from './instant';
export type { Policy } from './policy';
export { inShort, sentence } from './sentence';
export type { Trouble } from './trouble';
