// The page: the tabs and the conversations on the left, and what the address names in the middle.

import { Activity, type ReactNode, Suspense, useCallback, useEffect, useState } from "react";

import type { Config } from "./api/config";
import { Conversations } from "./conversations/conversations";
import { useConversations } from "./conversations/list";
import { Failure } from "./shell/failure";
import { Notice } from "./shell/notice";
import { forget, latest, leave, placeNow, settle } from "./shell/place";
import { Settings } from "./shell/settings";
import { Conversation, VIEWS } from "./shell/views";
import { type Language, words } from "./words";

export function Page({ home, onLanguage }: { home: Config; onLanguage: (chosen: Language) => void }) {
  const conversations = useConversations();
  const [place, setPlace] = useState(() => placeNow(home));
  const [talk, setTalk] = useState(place); // the conversation that is open, or was before a view
  if (!place.view && talk !== place) setTalk(place);
  const [isMenuOpen, setIsMenuOpen] = useState(false);

  // The address says what is open: a reload, a link and the back button lead there.
  useEffect(() => {
    const follow = () => {
      setPlace(placeNow(home));
      setIsMenuOpen(false);
    };
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, [home]);
  const begin = useCallback(() => {
    leave();
    setPlace(placeNow(home));
    setIsMenuOpen(false);
  }, [home]);
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key === "k") {
        event.preventDefault();
        begin();
      }
      if (event.key === "Escape" && !document.querySelector(":popover-open, dialog[open]")) setIsMenuOpen(false);
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, [begin]);

  const { view, id } = place;
  const title = view ? view.label() : conversations.items?.find((one) => one.id === id)?.title;
  useEffect(() => {
    document.title = title ? `${title} · ${words.shell.name}` : words.shell.name;
  }, [title]);
  const views = VIEWS.filter((one) => one.isThere(home));
  return (
    <div className="layout">
      <a className="skip" href="#content" onClick={(event) => (event.preventDefault(), document.getElementById("content")?.focus())}>
        {words.shell.skip}
      </a>
      <header className="bar">
        <button type="button" className="menu quiet" aria-expanded={isMenuOpen} aria-controls="side" onClick={() => setIsMenuOpen(!isMenuOpen)}>
          <span aria-hidden="true">☰</span> <span className="hidden">{words.shell.menu}</span>
        </button>
        <img src="icon.svg" alt="" width="20" height="20" /> {words.shell.name}
      </header>
      <div id="side" className={isMenuOpen ? "side open" : "side"}>
        <nav aria-label={words.shell.views}>
          <ul>
            <li>
              <a href={`#${latest()}`} aria-current={view ? undefined : "page"}>
                {words.shell.chat}
              </a>
            </li>
            {views.map((one) => (
              <li key={one.place}>
                <a href={`#${one.place}`} aria-current={one === view ? "page" : undefined}>
                  {one.label()}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <Conversations
          list={conversations}
          open={view ? "" : id}
          onNew={begin}
          onDelete={(gone) => {
            forget(gone);
            if (gone === id) begin();
            else if (gone === talk.id) setTalk(place);
            void conversations.load();
          }}
        />
        <Settings onLanguage={onLanguage} />
      </div>
      <main id="content" tabIndex={-1}>
        {!talk.view && (
          // An answer goes on being written while one looks at something else.
          <Activity mode={view ? "hidden" : "visible"}>
            <Part name={talk.id}>
              <Conversation
                id={talk.id}
                isNew={talk.isNew}
                onTurn={() => {
                  settle(talk.id);
                  void conversations.load();
                }}
              />
            </Part>
          </Activity>
        )}
        {view && (
          <Part name={id}>
            <view.component />
          </Part>
        )}
      </main>
      <Notice />
    </div>
  );
}

/** A part of the page that is loaded when it is opened, and may fail by itself. */
function Part({ name, children }: { name: string; children: ReactNode }) {
  return (
    <Failure key={name}>
      <Suspense fallback={<p className="waiting">{words.shell.loading}</p>}>{children}</Suspense>
    </Failure>
  );
}
