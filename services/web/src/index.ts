export { createWeb, ensureDemoAccount, type DemoAccount, type WebConfig } from './app';
export { generateSigningKeys, publicKeysOf, type SigningKeys } from './credentials/signing-keys';
export { demoAccount, operatorAccount } from './demo-accounts';
export type { OidcConfig } from './oidc/identity-provider';
export { webSchema } from './persistence/schema';
export { signInOf, signInSettings, type SignInConfig } from './settings';
