import { createEmbeddedBus, type EmbeddedBus, type EmbeddedBusOptions } from '../src';
import type { Connect } from './bus-environment';

/** Retries come soon, and a member that hears nothing looks often: tests shall not wait. */
const soon = { retry: { attempts: 3, firstDelay: 2, maxDelay: 20 }, pollEvery: 200 };

export const connectEmbedded = async (
  connection: EmbeddedBusOptions['connection'],
  options: Partial<EmbeddedBusOptions> = {},
): Promise<EmbeddedBus> => {
  const bus = createEmbeddedBus({ ...soon, connection, ...options });
  await bus.start();
  return bus;
};

/** For members in processes of their own. */
export const connect: Connect = (connection, options) =>
  connectEmbedded(connection as EmbeddedBusOptions['connection'], options);
