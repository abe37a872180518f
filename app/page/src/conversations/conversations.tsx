// The conversations of the reader, newest first.

import type { Summary } from "../api/conversations";
import * as api from "../api/conversations";
import { words } from "../words";

interface Properties {
  summaries: Summary[];
  open: string;
  onNew: () => void;
  onDelete: (id: string) => void;
}

export function Conversations({ summaries, open, onNew, onDelete }: Properties) {
  const remove = async (summary: Summary) => {
    if (!confirm(words.conversations.confirmDelete(summary.title))) return;
    await api.deleteConversation(summary.id).catch(() => undefined);
    onDelete(summary.id);
  };
  return (
    <section className="conversations" aria-labelledby="conversations">
      <h2 id="conversations">{words.conversations.title}</h2>
      <button type="button" className="new" onClick={onNew}>
        <span aria-hidden="true">+</span> {words.conversations.new}
      </button>
      {summaries.length === 0 && <p className="hint">{words.conversations.none}</p>}
      <ul>
        {summaries.map((summary) => (
          <li key={summary.id}>
            <a href={`#${summary.id}`} aria-current={open === summary.id ? "page" : undefined} dir="auto">
              {summary.title}
            </a>
            <button type="button" className="quiet" aria-label={words.conversations.delete(summary.title)} onClick={() => void remove(summary)}>
              ✕
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
