/** Line icons on a grid of 24, drawn with one pen. */
const paths = {
  add: 'M12 5v14M5 12h14',
  check: 'm5 12.5 4.5 4.5L19 7',
  close: 'm6 6 12 12M18 6 6 18',
  trash: 'M4 7h16M9.5 7V4.5h5V7M6.5 7l1 12.5h9l1-12.5M10 11v5.5m4-5.5v5.5',
  search: 'm20 20-4.6-4.6M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13Z',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm0-13.5v2m0 15v2M2.5 12h2m15 0h2M5.3 5.3l1.4 1.4m10.6 10.6 1.4 1.4m0-13.4-1.4 1.4M6.7 17.3l-1.4 1.4',
  moon: 'M20 14.5A8.2 8.2 0 0 1 9.5 4a8.2 8.2 0 1 0 10.5 10.5Z',
  back: 'M14.5 6 8.5 12l6 6',
  forth: 'm9.5 6 6 6-6 6',
  down: 'm6.5 9.5 5.5 5.5 5.5-5.5',
  undo: 'M8 5 4 9l4 4M4.5 9H14a5.5 5.5 0 0 1 0 11h-3',
  clock: 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM12 7v5l3 2.5',
  keys: 'M3.5 7h17v10h-17zM7 10.2h.01M10.3 10.2h.01M13.6 10.2h.01M17 10.2h.01M8 13.8h8',
  offline: 'm4 4 16 16M8.5 8.7A5.5 5.5 0 0 0 5.2 18H17m2.6-.9a4 4 0 0 0-1.9-7A6 6 0 0 0 11.4 6',
  order: 'M8 5v14m0 0-3.5-3.5M8 19l3.5-3.5M16 19V5m0 0-3.5 3.5M16 5l3.5 3.5',
  notes: 'M5 7h14M5 12h14M5 17h8',
} as const;

export type IconName = keyof typeof paths;

/** An icon beside words or in a button that has a name: it says nothing to a screen reader. */
export const Icon = ({ name }: { name: IconName }) => (
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
    <path d={paths[name]} />
  </svg>
);
