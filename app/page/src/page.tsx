// The page: the tabs and the conversations on the left, and what the address names in the middle.

import { Suspense, useCallback, useEffect, useState } from "react";

import type { Config } from "./api/config";
import * as api from "./api/conversations";
import { Conversations } from "./conversations/conversations";
import { Failure } from "./shell/failure";
import { latest, leave, placeNow, settle } from "./shell/place";
import { Settings } from "./shell/settings";
import { Conversation, VIEWS } from "./shell/views";
import { type Language, words } from "./words";

export function Page({ home, onLanguage }: { home: Config; onLanguage: (chosen: Language) => void }) {
  const [summaries, setSummaries] = useState<api.Summary[]>([]);
  const [place, setPlace] = useState(placeNow);
  const [isMenuOpen, setIsMenuOpen] = useState(false);

  const load = useCallback(() => void api.conversations().then(setSummaries, () => undefined), []);
  useEffect(load, [load]);

  // The address says what is open: a reload, a link and the back button lead there.
  useEffect(() => {
    const follow = () => {
      setPlace(placeNow());
      setIsMenuOpen(false);
    };
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  const begin = useCallback(() => {
    leave();
    setPlace(placeNow());
    setIsMenuOpen(false);
  }, []);
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key === "k") {
        event.preventDefault();
        begin();
      }
      if (event.key === "Escape") setIsMenuOpen(false);
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, [begin]);

  const { view, id } = place;
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
      </header>
      <div id="side" className={isMenuOpen ? "side open" : "side"}>
        <p className="brand">
          <img src="icon.svg" alt="" width="20" height="20" /> {words.shell.name}
        </p>
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
          summaries={summaries}
          open={view ? "" : id}
          onNew={begin}
          onDelete={(gone) => {
            if (gone === latest() || gone === id) begin();
            load();
          }}
        />
        <Settings onLanguage={onLanguage} />
      </div>
      <main id="content" tabIndex={-1}>
        <Failure key={id}>
          <Suspense fallback={<p className="waiting">{words.shell.loading}</p>}>
            {view ? (
              <view.component />
            ) : (
              <Conversation
                key={id}
                id={id}
                isNew={place.isNew}
                onTurn={() => {
                  settle(id);
                  load();
                }}
              />
            )}
          </Suspense>
        </Failure>
      </main>
    </div>
  );
}
