import { useCallback } from 'preact/hooks';
import { useLocation, useSearch } from 'wouter-preact';
import { readQuery, writeQuery, type Query } from '../state/query';

/** The query that the address holds, and how to change it. Changes replace the address: Back leaves the list, not a letter of a search. */
export function useQuery(): [Query, (change: Partial<Query>) => void] {
  const search = useSearch();
  const [, navigate] = useLocation();
  const change = useCallback(
    (part: Partial<Query>) => {
      const next = writeQuery({ ...readQuery(location.search), ...part });
      navigate(next ? `/?${next}` : '/', { replace: location.pathname === '/' });
    },
    [navigate],
  );
  return [readQuery(search), change];
}
