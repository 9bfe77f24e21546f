import type { AuditEntry } from '@almanac/contracts';
import { useEffect, useRef } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { useAlmanac } from '../almanac';
import { Icon, type IconName } from '../components/icon';
import { Skeleton } from '../components/skeleton';
import { useAuditLog } from '../components/use-audit-log';
import { isTold, predecessors, tell, type Sentence } from '../state/sentences';
import { capital, dayWording, longDay, timeOf } from '../time/wording';
import { dayAt, localAt } from '../time/zone';

const MARKS: Record<Sentence['mark'], IconName> = {
  added: 'add',
  completed: 'check',
  reopened: 'undo',
  changed: 'notes',
  deleted: 'trash',
};

/** What happened, day by day: the audit log as a diary. */
export function Activity() {
  const { session, zone, today } = useAlmanac();
  const log = useAuditLog({}, 60);
  useEffect(() => {
    document.title = 'Activity · Almanac';
  }, []);

  const told = log.entries.value.filter(isTold);
  const before = predecessors(told);
  const reader = { id: session.account.value?.id ?? '', zone: zone.value, today: today.value };
  const days = Map.groupBy(told, ({ at }) => dayAt(at, zone.value));
  const end = useRef<HTMLDivElement>(null);
  const { hasMore } = log;
  useEffect(() => {
    if (!end.current || !hasMore.value) return;
    const watcher = new IntersectionObserver(([entry]) => entry?.isIntersecting && void log.more(), {
      rootMargin: '400px',
    });
    watcher.observe(end.current);
    return () => watcher.disconnect();
  }, [hasMore.value, told.length]);

  return (
    <div class="activity">
      <h1>Activity</h1>
      {log.trouble.value && told.length === 0 && (
        <div class="blank" role="alert">
          <h2>The activity couldn’t be read.</h2>
          <p>{log.trouble.value}</p>
          <button type="button" class="button" onClick={() => void log.retry()}>
            Try again
          </button>
        </div>
      )}
      {!log.isRead.value && <Skeleton rows={9} />}
      {log.isRead.value && !log.trouble.value && told.length === 0 && (
        <div class="blank">
          <h2>Nothing has happened yet.</h2>
          <p>What you add, change and complete is told here.</p>
        </div>
      )}
      {[...days].map(([day, entries]) => (
        <section key={day} aria-label={longDay(day)}>
          <h2 class="group-title">
            {capital(dayWording(day, today.value))}
            <small>{longDay(day)}</small>
          </h2>
          <ol role="list">
            {entries.map((entry) => (
              <Line
                key={entry.sequence}
                entry={entry}
                sentence={tell(entry, before.get(entry), reader)}
                time={timeOf(localAt(entry.at, zone.value))}
              />
            ))}
          </ol>
        </section>
      ))}
      <div ref={end} class="list-end">
        {hasMore.value && (
          <button type="button" class="link" onClick={() => void log.more()}>
            Earlier
          </button>
        )}
      </div>
    </div>
  );
}

interface LineProps {
  entry: AuditEntry;
  sentence: Sentence;
  time: string;
}

const Line = ({ entry, sentence: { mark, before, title, after }, time }: LineProps) => (
  <li class="happened" data-mark={mark}>
    <Icon name={MARKS[mark]} />
    <p>
      {before}{' '}
      {title &&
        (mark === 'deleted' || entry.entity.type !== 'task' ? (
          <q>{title}</q>
        ) : (
          <q>
            <Link href={`/tasks/${entry.entity.id}`}>{title}</Link>
          </q>
        ))}{' '}
      {after}
    </p>
    <time dateTime={entry.at}>{time}</time>
  </li>
);
