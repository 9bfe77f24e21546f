import { createPreferences } from './preferences';

test('choices are remembered, and nonsense isn’t', () => {
  const stored = new Map([['almanac.theme', 'purple']]);
  const storage = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
  };
  const first = createPreferences(storage);
  expect(first.theme.value).toBe('system');
  first.theme.value = 'dark';
  first.letters.value = false;
  const second = createPreferences(storage);
  expect([second.theme.value, second.letters.value]).toEqual(['dark', false]);
});

test('where nothing may be stored, a choice lasts as long as the page', () => {
  const forbidden = () => {
    throw new DOMException('forbidden', 'SecurityError');
  };
  const { theme } = createPreferences({ getItem: forbidden, setItem: forbidden });
  theme.value = 'light';
  expect(theme.value).toBe('light');
});
