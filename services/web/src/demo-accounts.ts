import type { WantedAccount } from './use-cases/ensure-account';

/** The zone of this machine. */
const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** For a look around; nobody owns the domain, by RFC 2606. */
export const demoAccount = {
  email: 'demo@almanac.example',
  password: 'almanac-demo',
  name: 'Demo',
  zone,
} satisfies WantedAccount;

/** Who looks after this Almanac: reads everybody's audit entries, nobody else's tasks. */
export const operatorAccount = {
  email: 'operator@almanac.example',
  password: 'almanac-operator',
  name: 'Operator',
  zone,
  role: 'operator',
} satisfies WantedAccount;
