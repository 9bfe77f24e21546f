import type { Address } from './forward';

/** What the server of a cluster is told on its command line, as JSON. */
export interface ServerOptions {
  /** The folder of the cluster. */
  readonly directory: string;
  /** Of the git server. */
  readonly gitPort: number;
  /** Of the page. */
  readonly port: number;
  /** Where pods reach this machine. */
  readonly hostAddress: string;
  readonly gateway: Address;
}
