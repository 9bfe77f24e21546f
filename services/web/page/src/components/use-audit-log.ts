import type { AuditEntry, Page } from '@almanac/contracts';
import { useSignal, type ReadonlySignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { useAlmanac } from '../almanac';
import { explain } from '../api/http';

/** The log follows the change by way of the bus: a change that shows is in the log a moment later. Milliseconds. */
const FOLLOW = 700;

export interface AuditLog {
  readonly entries: ReadonlySignal<readonly AuditEntry[]>;
  readonly trouble: ReadonlySignal<string | null>;
  readonly isRead: ReadonlySignal<boolean>;
  readonly hasMore: ReadonlySignal<boolean>;
  more: () => Promise<void>;
  retry: () => Promise<void>;
}

/**
 * The audit log of the account, newest first, page by page; new entries join at the top.
 * @param filter such as `entityId`, as the API has it
 */
export function useAuditLog(filter: Record<string, string>, limit: number): AuditLog {
  const { session, pulse } = useAlmanac();
  const entries = useSignal<readonly AuditEntry[]>([]);
  const cursor = useSignal<string | null>(null);
  const trouble = useSignal<string | null>(null);
  const isRead = useSignal(false);
  const hasMore = useSignal(false);
  const isBusy = useRef(false);

  const read = async (from: string | null) => {
    const params = new URLSearchParams({
      ...filter,
      limit: String(limit),
      ...(from ? { cursor: from } : {}),
    });
    try {
      const page = await session.http<Page<AuditEntry>>('/audit-log', { params });
      const known = new Set(entries.value.map(({ sequence }) => sequence));
      const added = page.items.filter(({ sequence }) => !known.has(sequence));
      const meets = added.length < page.items.length; // the top of the log joins what is there already
      if (from) entries.value = [...entries.value, ...added];
      else entries.value = meets ? [...added, ...entries.value] : page.items;
      if (from || !meets) {
        cursor.value = page.nextCursor;
        hasMore.value = page.nextCursor !== null;
      }
      trouble.value = null;
    } catch (error) {
      trouble.value = explain(error);
    }
    isRead.value = true;
  };

  const beat = pulse.value;
  useEffect(() => {
    const timer = setTimeout(() => void read(null), isRead.value ? FOLLOW : 0);
    return () => clearTimeout(timer);
  }, [beat]);

  return {
    entries,
    trouble,
    isRead,
    hasMore,
    more: async () => {
      if (isBusy.current || cursor.value === null) return;
      isBusy.current = true;
      await read(cursor.value);
      isBusy.current = false;
    },
    retry: () => read(null),
  };
}
