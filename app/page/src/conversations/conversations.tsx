// The reader's conversations by day, newest first: found by their titles, renamed, saved as files, deleted.

import { useEffect, useMemo, useState } from "react";

import type { Summary } from "../api/conversations";
import * as api from "../api/conversations";
import { rename } from "../api/history";
import type { useConversations } from "./list";
import { save } from "./save";
import { Dialog } from "../shell/dialog";
import { Menu } from "../shell/menu";
import { notify } from "../shell/notice";
import { told } from "../shell/told";
import { words } from "../words";
import { day } from "../words/format";

const LONGEST = 200; // characters of a title

interface Properties {
  list: ReturnType<typeof useConversations>;
  /** The id of the one that is open. */
  open: string;
  onNew: () => void;
  onDelete: (id: string) => void;
}

export function Conversations({ list, open, onNew, onDelete }: Properties) {
  const [query, setQuery] = useState("");
  const [asked, setAsked] = useState<{ what: "rename" | "delete"; summary: Summary }>();
  const { items, hasMore, problem, load, more } = list;

  // What is looked for may be among the earlier ones.
  const isSearch = query.trim() !== "";
  useEffect(() => {
    if (isSearch && hasMore) void more();
  }, [isSearch, hasMore, more]);

  const days = useMemo(() => {
    const wanted = query.trim().toLocaleLowerCase();
    const found = (items ?? []).filter(({ title }) => title.toLocaleLowerCase().includes(wanted));
    const byDay = new Map<string, Summary[]>();
    for (const summary of found) {
      const label = day(summary.started);
      const same = byDay.get(label);
      if (same) same.push(summary);
      else byDay.set(label, [summary]);
    }
    return [...byDay];
  }, [items, query]);
  const saveAs = (summary: Summary, form: "md" | "json") => void save(summary.id, form).catch((error: unknown) => notify(told(error)));
  const copyLink = (summary: Summary) =>
    void navigator.clipboard.writeText(`${location.origin}${location.pathname}#${summary.id}`).then(
      () => notify(words.conversations.linkCopied),
      (error: unknown) => notify(told(error)),
    );
  return (
    <section className="conversations" aria-labelledby="conversations">
      <h2 id="conversations">{words.conversations.title}</h2>
      <button type="button" className="new" onClick={onNew}>
        <span aria-hidden="true">+</span> {words.conversations.new}
      </button>
      {(items?.length ?? 0) > 0 && (
        <input
          type="search"
          value={query}
          placeholder={words.conversations.search}
          aria-label={words.conversations.search}
          onChange={(event) => setQuery(event.target.value)}
        />
      )}
      {problem && (
        <p className="problem" role="alert">
          {problem}{" "}
          <button type="button" onClick={() => void load()}>
            {words.shell.again}
          </button>
        </p>
      )}
      {items && days.length === 0 && <p className="hint">{isSearch && items.length ? words.conversations.noMatch : words.conversations.none}</p>}
      <div className="days">
        {days.map(([label, summaries]) => (
          <section key={label} aria-label={label}>
            <h3>{label}</h3>
            <ul>
              {summaries.map((summary) => (
                <li key={summary.id}>
                  <a href={`#${summary.id}`} aria-current={open === summary.id ? "page" : undefined} title={summary.title} dir="auto">
                    {summary.title}
                  </a>
                  <Menu
                    label={words.conversations.actions(summary.title)}
                    actions={[
                      { label: words.conversations.rename, onDo: () => setAsked({ what: "rename", summary }) },
                      { label: words.conversations.copyLink, onDo: () => copyLink(summary) },
                      { label: words.conversations.saveMarkdown, onDo: () => saveAs(summary, "md") },
                      { label: words.conversations.saveJson, onDo: () => saveAs(summary, "json") },
                      { label: words.shell.delete, isFinal: true, onDo: () => setAsked({ what: "delete", summary }) },
                    ]}
                  />
                </li>
              ))}
            </ul>
          </section>
        ))}
        {hasMore && (
          <button type="button" className="quiet" onClick={() => void more()}>
            {words.conversations.more}
          </button>
        )}
      </div>
      {asked?.what === "rename" && <Rename summary={asked.summary} onDone={load} onClose={() => setAsked(undefined)} />}
      {asked?.what === "delete" && (
        <Dialog
          title={words.conversations.confirmDelete(asked.summary.title)}
          action={words.shell.delete}
          isFinal
          onDo={async () => {
            await api.deleteConversation(asked.summary.id);
            onDelete(asked.summary.id);
          }}
          onClose={() => setAsked(undefined)}
        >
          <p>{words.conversations.deleteHint}</p>
        </Dialog>
      )}
    </section>
  );
}

function Rename({ summary, onDone, onClose }: { summary: Summary; onDone: () => Promise<void>; onClose: () => void }) {
  const [title, setTitle] = useState(summary.title);
  return (
    <Dialog
      title={words.conversations.rename}
      action={words.shell.save}
      onDo={async () => {
        await rename(summary.id, title.trim());
        await onDone();
      }}
      onClose={onClose}
    >
      <label className="field">
        {words.conversations.name}
        <input value={title} autoFocus required pattern=".*\S.*" maxLength={LONGEST} dir="auto" onChange={(event) => setTitle(event.target.value)} />
      </label>
    </Dialog>
  );
}
