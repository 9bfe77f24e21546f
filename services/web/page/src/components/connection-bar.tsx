import { useEffect, useState } from 'preact/hooks';
import { useAlmanac } from '../almanac';
import { timeOf } from '../time/wording';
import { localAt } from '../time/zone';
import { Icon } from './icon';

/** A break shorter than this is nobody's business. Milliseconds. */
const PATIENCE = 2500;

/** Says that changes don't come through, and what is being done about it. */
export function ConnectionBar() {
  const { sync, zone, tasks } = useAlmanac();
  const connection = sync.connection.value;
  const since = connection.is === 'offline' ? connection.since : null;
  const [late, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (since === null) return;
    const timer = setTimeout(() => setLate(true), navigator.onLine ? PATIENCE : 0);
    return () => clearTimeout(timer);
  }, [since]);

  const waiting = tasks.adding.value.filter(({ state }) => state === 'waiting').length;
  return (
    <div class="connection" role="status">
      {since !== null && late && (
        <div class="connection-bar">
          <Icon name="offline" />
          <p>
            <strong>Offline.</strong> You see the page as it was at {timeOf(localAt(since, zone.value))}; it
            catches up by itself.
            {waiting > 0 && ` ${waiting} new ${waiting === 1 ? 'task waits' : 'tasks wait'} to be sent.`}
          </p>
          <button type="button" class="link" onClick={sync.retry}>
            Try now
          </button>
        </div>
      )}
    </div>
  );
}
