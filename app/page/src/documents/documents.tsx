// The documents: add, watch them become ready, find, open, ask only some of them, delete.

import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";

import type { Document } from "../api/documents";
import { contentOf } from "../api/documents";
import { askOnly } from "../filter";
import { Dialog } from "../shell/dialog";
import { notify } from "../shell/notice";
import { latest } from "../shell/place";
import { told } from "../shell/told";
import { words } from "../words";
import { collator, number } from "../words/format";
import { Adding } from "./adding";
import { Details } from "./details";
import { library, useLibrary } from "./library";
import { Rows } from "./rows";
import { UploadList } from "./upload-list";
import { found, type Order, pressed } from "./view";

/** The most documents that a question can be asked of: each is named in its filter. */
const MOST_ASKED = 100;
const NAMED = 8; // documents that a question about deleting them names

export const statusOf = ({ status }: Document) => words.documents.status[status] ?? status;

export default function Documents() {
  const { documents, isLoading, isLoaded, hasMore, problem } = useLibrary();
  const [query, setQuery] = useState("");
  const [order, setOrder] = useState<Order>({ by: "name", isDown: false });
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [asked, setAsked] = useState<{ what: "delete"; documents: Document[] } | { what: "details"; document: Document }>();
  const before = useRef<string>(undefined);

  useEffect(() => {
    void library.load();
    const look = () => document.visibilityState === "visible" && void library.load();
    addEventListener("visibilitychange", look);
    return () => removeEventListener("visibilitychange", look);
  }, []);

  const late = useDeferredValue(query);
  const shown = useMemo(() => found(documents, late, order, statusOf, collator()), [documents, late, order]);
  const ids = useRef<string[]>([]);
  ids.current = shown.map(({ id }) => id);
  const chosen = documents.filter(({ id }) => selected.has(id));

  const select = useCallback((id: string, isRange: boolean) => {
    const from = isRange ? before.current : undefined;
    before.current = id;
    setSelected((now) => pressed(now, ids.current, id, from));
  }, []);
  const selectAll = (isOn: boolean) => setSelected(isOn ? new Set(ids.current) : new Set());
  const ask = useCallback((some: Document[]) => {
    askOnly(some);
    location.hash = latest();
  }, []);
  const open = useCallback(async (one: Document) => {
    try {
      const link = document.createElement("a");
      link.href = (await contentOf(one.id)).url;
      link.target = "_blank";
      link.rel = "noreferrer noopener";
      link.click();
    } catch (error) {
      notify(told(error));
    }
  }, []);
  const act = useCallback(
    (what: "open" | "ask" | "details" | "delete", one: Document) => {
      if (what === "open") void open(one);
      else if (what === "ask") ask([one]);
      else if (what === "details") setAsked({ what, document: one });
      else setAsked({ what, documents: [one] });
    },
    [ask, open],
  );
  const remove = async (some: Document[]) => {
    setSelected(new Set());
    void removeAll(some);
  };
  return (
    <Adding>
      {(pickers) => (
        <>
          <header>
            <h1>{words.documents.title}</h1>
            {pickers}
          </header>
          <UploadList />
          {problem !== undefined && (
            <p className="problem" role="alert">
              {told(problem)}{" "}
              <button type="button" onClick={() => void library.load()}>
                {words.shell.again}
              </button>
            </p>
          )}
          {isLoaded && documents.length === 0 ? (
            <p className="none">{words.documents.none}</p>
          ) : (
            <>
              <div className="tools">
                <input
                  type="search"
                  value={query}
                  placeholder={words.documents.search}
                  aria-label={words.documents.search}
                  onChange={(event) => setQuery(event.target.value)}
                />
                <p className="count" role="status">
                  {isLoading && !isLoaded
                    ? words.shell.loading
                    : shown.length === documents.length
                      ? words.documents.count(documents.length)
                      : words.documents.countOf(number(shown.length), number(documents.length))}
                </p>
              </div>
              {chosen.length > 0 && (
                <div className="chosen" role="group" aria-label={words.documents.selected(chosen.length)}>
                  <span>{words.documents.selected(chosen.length)}</span>
                  <button
                    type="button"
                    className="primary"
                    disabled={chosen.length > MOST_ASKED}
                    title={chosen.length > MOST_ASKED ? words.documents.tooManyAsked(MOST_ASKED) : undefined}
                    onClick={() => ask(chosen)}
                  >
                    {words.documents.askOnly}
                  </button>
                  <button type="button" onClick={() => setAsked({ what: "delete", documents: chosen })}>
                    {words.shell.delete}
                  </button>
                  <button type="button" className="quiet" onClick={() => selectAll(false)}>
                    {words.documents.selectNone}
                  </button>
                </div>
              )}
              <Rows
                documents={shown}
                selected={selected}
                order={order}
                onOrder={setOrder}
                onSelect={select}
                onSelectAll={selectAll}
                onDo={act}
              />
              {isLoaded && shown.length === 0 && <p className="none">{words.documents.noMatch}</p>}
              {hasMore && !isLoading && (
                <button type="button" onClick={() => void library.more()}>
                  {words.documents.more}
                </button>
              )}
            </>
          )}
          {asked?.what === "details" && <Details document={asked.document} onClose={() => setAsked(undefined)} />}
          {asked?.what === "delete" && (
            <Dialog
              title={words.documents.confirmDelete(asked.documents.length)}
              action={words.shell.delete}
              isFinal
              onDo={() => remove(asked.documents)}
              onClose={() => setAsked(undefined)}
            >
              <ul className="names">
                {asked.documents.slice(0, NAMED).map(({ id, name }) => (
                  <li key={id} dir="auto">
                    {name}
                  </li>
                ))}
              </ul>
              {asked.documents.length > NAMED && <p>{words.documents.andOthers(asked.documents.length - NAMED)}</p>}
              <p>{words.documents.deleteHint}</p>
            </Dialog>
          )}
        </>
      )}
    </Adding>
  );
}

/** Deletes documents, a few at a time, and says when they are gone: from the bucket and from the index. */
async function removeAll(documents: Document[]) {
  const waiting = [...documents];
  const problems: string[] = [];
  let gone = 0;
  const work = async () => {
    for (let one = waiting.shift(); one; one = waiting.shift()) {
      const { id, name } = one;
      await library.remove(id).then(
        (isGone) => void (gone += Number(isGone)),
        (error: unknown) => problems.push(`${name}: ${told(error)}`),
      );
    }
  };
  await Promise.all(Array.from({ length: 6 }, work));
  notify([gone > 0 ? words.documents.gone(gone) : "", ...problems.slice(0, 3)].filter(Boolean).join(" "));
}
