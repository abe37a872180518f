// The conversations that are known so far: the newest hundred, and earlier ones when they are asked for.

import { useCallback, useEffect, useState } from "react";

import type { Summary } from "../api/conversations";
import * as api from "../api/history";
import { told } from "../shell/told";

interface Known {
  items: Summary[];
  cursor: string | null;
}

/** The newest ones as they are now, with the earlier ones that were known before. */
export function merge(newest: api.Summaries, before: Known): Known {
  const last = newest.items.at(-1);
  if (!newest.nextCursor || !last) return { items: newest.items, cursor: null };
  const known = new Set(newest.items.map(({ id }) => id));
  const earlier = before.items.filter(({ id, started }) => !known.has(id) && started <= last.started);
  return { items: [...newest.items, ...earlier], cursor: earlier.length ? before.cursor : newest.nextCursor };
}

export function useConversations() {
  const [known, setKnown] = useState<Known>();
  const [problem, setProblem] = useState("");
  const load = useCallback(async () => {
    try {
      const newest = await api.summaries();
      setKnown((before) => merge(newest, before ?? { items: [], cursor: null }));
      setProblem("");
    } catch (error) {
      setProblem(told(error));
    }
  }, []);
  useEffect(() => void load(), [load]);

  const cursor = known?.cursor ?? null;
  const more = useCallback(async () => {
    if (!cursor) return;
    try {
      const page = await api.summaries(cursor);
      setKnown((before) => ({ items: [...(before?.items ?? []), ...page.items], cursor: page.nextCursor }));
    } catch (error) {
      setProblem(told(error));
    }
  }, [cursor]);
  return { items: known?.items, hasMore: cursor !== null, problem, load, more };
}
