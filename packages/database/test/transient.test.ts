import { AppError } from '@almanac/kernel';
import { isTransient } from '../src';

const withCode = (code: string) => Object.assign(new Error('…'), { code });

test.each([
  ['refused connections', withCode('ECONNREFUSED')],
  ['a connection reset', withCode('ECONNRESET')],
  ['a connection failure (08006)', withCode('08006')],
  ['too many connections (53300)', withCode('53300')],
  ['a full disk (53100)', withCode('53100')],
  ['an administrator’s shutdown (57P01)', withCode('57P01')],
  ['a server that starts (57P03)', withCode('57P03')],
  ['a serialisation failure (40001)', withCode('40001')],
  ['a deadlock (40P01)', withCode('40P01')],
  ['a lock that wasn’t given (55P03)', withCode('55P03')],
  ['a statement that took too long (57014)', withCode('57014')],
  ['a transaction that was idle too long (25P03)', withCode('25P03')],
  ['an ended connection', new Error('Connection terminated unexpectedly')],
  ['an exhausted pool', new Error('timeout exceeded when trying to connect')],
  ['a closed pool', new Error('Cannot use a pool after calling end on the pool')],
  ['a service that is unavailable', new AppError('unavailable', '…')],
])('%s may pass', (_what, error) => {
  expect(isTransient(error)).toBe(true);
});

test.each([
  ['a duplicate (23505)', withCode('23505')],
  ['a syntax error (42601)', withCode('42601')],
  ['a failed transaction (25P02)', withCode('25P02')],
  ['bad data (22P02)', withCode('22P02')],
  ['another’s error', new AppError('conflict', '…')],
  ['a plain error', new Error('…')],
  ['what isn’t an error at all', 'ECONNREFUSED'],
])('%s won’t pass by itself', (_what, error) => {
  expect(isTransient(error)).toBe(false);
});
