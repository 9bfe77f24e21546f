import type { TestPostgres } from '@almanac/testkit';

/** What the set-up hands to the tear-down; both run in jest's own process. */
export const running: { postgres?: TestPostgres } = {};
