// The page: conversations on the left, what is open in the middle, where it comes from on the right.

import { useCallback, useEffect, useState } from "react";

import type { Quote } from "./api/answers";
import * as api from "./api/conversations";
import { Chat } from "./chat/chat";
import { type Evidence, type Message, messagesOf } from "./chat/messages";
import { SourcePanel } from "./chat/sources";
import { Documents } from "./documents/documents";
import { words } from "./words";

interface Open {
  id: string;
  messages: Message[];
  evidence: Map<string, Evidence>;
}

const DOCUMENTS = "documents";
const newId = () => crypto.randomUUID().replaceAll("-", "");
const fresh = (): Open => ({ id: newId(), messages: [], evidence: new Map() });

export function Page() {
  const [summaries, setSummaries] = useState<api.Summary[]>([]);
  const [open, setOpen] = useState<Open | typeof DOCUMENTS>();
  const [source, setSource] = useState<{ quote: Quote; passage: string | undefined }>();
  const [isMenuOpen, setIsMenuOpen] = useState(false);

  const load = useCallback(() => void api.conversations().then(setSummaries, () => undefined), []);
  useEffect(load, [load]);

  // The address says what is open: a reload, a link and the back button lead there.
  useEffect(() => {
    const follow = async () => {
      setSource(undefined);
      setIsMenuOpen(false);
      const place = location.hash.slice(1);
      if (place === DOCUMENTS) return setOpen(DOCUMENTS);
      if (!/^[A-Za-z0-9_-]{1,64}$/.test(place)) return setOpen(fresh());
      try {
        const { turns } = await api.conversation(place);
        const [messages, evidence] = messagesOf(place, turns);
        setOpen({ id: place, messages, evidence });
      } catch {
        setOpen({ ...fresh(), id: place });
      }
    };
    void follow();
    const listener = () => void follow();
    addEventListener("hashchange", listener);
    return () => removeEventListener("hashchange", listener);
  }, []);
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key === "k") {
        event.preventDefault();
        location.hash = "";
        setOpen(fresh());
      }
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, []);

  const remove = async (summary: api.Summary) => {
    if (!confirm(words.deleteConversation(summary.title))) return;
    await api.deleteConversation(summary.id).catch(() => undefined);
    if (open !== DOCUMENTS && open?.id === summary.id) location.hash = "";
    load();
  };
  return (
    <div className={source ? "layout with-source" : "layout"}>
      <button type="button" className="menu quiet" aria-expanded={isMenuOpen} onClick={() => setIsMenuOpen(!isMenuOpen)}>
        ☰ <span className="hidden">{words.menu}</span>
      </button>
      <nav className={isMenuOpen ? "open" : ""} aria-label={words.conversations}>
        <p className="brand">
          <img src="icon.svg" alt="" width="20" height="20" /> {words.name}
        </p>
        <a
          href="#"
          className="new"
          onClick={() => {
            setIsMenuOpen(false);
            setOpen(fresh());
          }}
        >
          + {words.newChat}
        </a>
        <a href={`#${DOCUMENTS}`} aria-current={open === DOCUMENTS ? "page" : undefined}>
          {words.documents}
        </a>
        <h2>{words.conversations}</h2>
        {summaries.length === 0 && <p className="hint">{words.noConversations}</p>}
        <ul>
          {summaries.map((summary) => (
            <li key={summary.id}>
              <a href={`#${summary.id}`} aria-current={open !== DOCUMENTS && open?.id === summary.id ? "page" : undefined}>
                {summary.title}
              </a>
              <button type="button" className="quiet" aria-label={words.deleteConversation(summary.title)} onClick={() => void remove(summary)}>
                ✕
              </button>
            </li>
          ))}
        </ul>
      </nav>
      <main>
        {open === DOCUMENTS && <Documents />}
        {open && open !== DOCUMENTS && (
          <Chat
            key={open.id}
            id={open.id}
            stored={open.messages}
            storedEvidence={open.evidence}
            onCite={(quote, evidence) =>
              setSource({ quote, passage: evidence.passages.find((passage) => passage.number === quote.passageNumber)?.text })
            }
            onTurn={() => {
              load();
              history.replaceState(null, "", `#${open.id}`);
            }}
          />
        )}
      </main>
      {source && <SourcePanel quote={source.quote} passage={source.passage} onClose={() => setSource(undefined)} />}
    </div>
  );
}
