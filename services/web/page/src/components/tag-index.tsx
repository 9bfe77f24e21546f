import { useSignal } from '@preact/signals';
import { useAlmanac } from '../almanac';
import { useQuery } from './use-query';

/** How many tags stand in the index before it has to be opened. */
const SHORT = 12;

/** The tags as the index of a book: each narrows the list. */
export function TagIndex() {
  const { tasks } = useAlmanac();
  const [query, change] = useQuery();
  const isLong = useSignal(false);
  const tags = tasks.tags.value;
  if (tags.length === 0) return null;
  const shown = isLong.value ? tags : tags.slice(0, SHORT);
  return (
    <section class="index" aria-label="Tags">
      <h2>Index</h2>
      <ul role="list">
        {shown.map(({ tag, count }) => {
          const isChosen = query.tags.includes(tag);
          return (
            <li key={tag}>
              <button
                type="button"
                aria-pressed={isChosen}
                onClick={() =>
                  change({
                    tags: isChosen ? query.tags.filter((other) => other !== tag) : [...query.tags, tag],
                  })
                }
              >
                <span class="index-tag">{tag}</span>
                <span class="index-leader" aria-hidden="true" />
                <span class="index-count">{count}</span>
              </button>
            </li>
          );
        })}
      </ul>
      {tags.length > SHORT && (
        <button type="button" class="link" onClick={() => (isLong.value = !isLong.value)}>
          {isLong.value ? 'Fewer' : `All ${tags.length}`}
        </button>
      )}
    </section>
  );
}
