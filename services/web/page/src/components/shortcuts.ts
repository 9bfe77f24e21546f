import { useEffect, useRef } from 'preact/hooks';
import { useAlmanac } from '../almanac';

/** What a key does, by its name as `KeyboardEvent.key` has it; `g t` is one after the other. */
export type Shortcuts = Record<string, (event: KeyboardEvent) => unknown>;

/** How long the second key of a pair is waited for. Milliseconds. */
const PAIR = 1200;

const isWriting = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/**
 * Commands for single keys, while nobody is writing and no dialog is open. Keys with a modifier are
 * the browser's.
 */
export function useShortcuts(shortcuts: Shortcuts): void {
  const { preferences } = useAlmanac();
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  useEffect(() => {
    let first = '';
    let at = 0;
    const onKey = (event: KeyboardEvent) => {
      const { key, target, ctrlKey, metaKey, altKey, timeStamp } = event;
      if (event.defaultPrevented || ctrlKey || metaKey || altKey || isWriting(target)) return;
      if (document.querySelector('dialog[open]')) return;
      if (key.length === 1 && !preferences.letters.value) return;
      const pair = timeStamp - at < PAIR ? latest.current[`${first} ${key}`] : undefined;
      [first, at] = [key, timeStamp];
      const run = pair ?? latest.current[key];
      if (run && run(event) !== false) event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}
