import { signal, type Signal } from '@preact/signals';

export type Theme = 'system' | 'light' | 'dark';

/** What this browser remembers of its user. */
export interface Preferences {
  readonly theme: Signal<Theme>;
  /** Whether single letters are commands (WCAG 2.1.4 wants a way to switch that off). */
  readonly letters: Signal<boolean>;
}

/** @param storage may throw, as it does where cookies are forbidden; then a choice lasts as long as the page */
export function createPreferences(storage: Pick<Storage, 'getItem' | 'setItem'>): Preferences {
  const remembered = <T extends string>(key: string, values: readonly [T, ...T[]]): Signal<T> => {
    const stored = attempt(() => storage.getItem(`almanac.${key}`));
    const value = signal<T>(values.find((value) => value === stored) ?? values[0]);
    value.subscribe((next) => attempt(() => storage.setItem(`almanac.${key}`, next)));
    return value;
  };
  const letters = remembered('letters', ['on', 'off']);
  const on = signal(letters.value === 'on');
  on.subscribe((next) => (letters.value = next ? 'on' : 'off'));
  return { theme: remembered('theme', ['system', 'light', 'dark']), letters: on };
}

function attempt<T>(run: () => T): T | null {
  try {
    return run();
  } catch {
    return null;
  }
}
