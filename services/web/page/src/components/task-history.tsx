import { useSignal } from '@preact/signals';
import { useAlmanac } from '../almanac';
import { isTold, predecessors, tell } from '../state/sentences';
import { distance } from '../time/wording';
import { useAuditLog } from './use-audit-log';

/** What happened to one task, when somebody wants to know. */
export function TaskHistory({ id }: { id: string }) {
  const isOpen = useSignal(false);
  return (
    <details class="history" onToggle={(event) => (isOpen.value = event.currentTarget.open)}>
      <summary>History</summary>
      {isOpen.value && <Entries id={id} />}
    </details>
  );
}

function Entries({ id }: { id: string }) {
  const { session, zone, today, now } = useAlmanac();
  const log = useAuditLog({ entityType: 'task', entityId: id }, 30);
  const told = log.entries.value.filter(isTold);
  const before = predecessors(told);
  const reader = { id: session.account.value?.id ?? '', zone: zone.value, today: today.value };
  if (log.trouble.value) return <p class="field-note trouble">{log.trouble.value}</p>;
  return (
    <ol role="list">
      {told.map((entry) => {
        const { before: words, title, after } = tell(entry, before.get(entry), reader);
        return (
          <li key={entry.sequence}>
            <span>
              {words} <q>{title}</q> {after}
            </span>
            <time dateTime={entry.at}>{distance(Date.parse(entry.at) - now.value)}</time>
          </li>
        );
      })}
    </ol>
  );
}
