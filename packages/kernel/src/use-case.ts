import type { Actor } from './actor';

/**
 * One verb of the product. HTTP routes, MCP tools, chat and consumers all call the same one; it
 * knows no transport, no environment and no clock but the one in `deps`.
 */
export type UseCase<Deps, Input, Output> = (deps: Deps, actor: Actor, input: Input) => Promise<Output>;
