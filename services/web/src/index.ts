export { createWeb, ensureDemoAccount, type DemoAccount, type WebConfig } from './app';
export { generateSigningKeys, publicKeysOf, type SigningKeys } from './credentials/tokens';
export type { OidcConfig } from './oidc/identity-provider';
export { webSchema } from './persistence/schema';
