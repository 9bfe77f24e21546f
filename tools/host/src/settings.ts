import { loadConfig, type Environment } from '@almanac/config';
import { signInOf, signInSettings, type SignInConfig } from '@almanac/web';

/**
 * What the environment says of how the product runs on this machine.
 *
 * @throws ConfigError naming each variable that is wrong
 */
export const readSettings = (env?: Environment): SignInConfig => signInOf(loadConfig(signInSettings, env));
