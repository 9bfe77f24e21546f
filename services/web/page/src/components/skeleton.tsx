/** The list before it is there: its lines, with nothing on them yet. Shows late, so that a quick answer doesn't flicker. */
export const Skeleton = ({ rows = 7 }: { rows?: number }) => (
  <div class="skeleton" role="status" aria-label="Loading">
    {Array.from({ length: rows }, (_, n) => (
      <div key={n} class="skeleton-row">
        <i />
        <b style={{ width: `${30 + ((n * 37) % 45)}%` }} />
      </div>
    ))}
  </div>
);
