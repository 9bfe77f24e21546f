import { connect, createServer, type Server } from 'node:net';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Passes on connections as they are, so that WebSockets and whatever comes next work as well. */
export const forwardTo = (target: Address): Server =>
  createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const gateway = connect({ ...target, allowHalfOpen: true, noDelay: true });
    client.pipe(gateway).pipe(client);
    // An end that goes without a goodbye takes the other with it; the client sees a broken connection.
    client.on('error', () => gateway.destroy()).on('close', () => gateway.destroy());
    gateway.on('error', () => client.destroy()).on('close', () => client.destroy());
  });
