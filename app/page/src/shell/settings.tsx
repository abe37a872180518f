// What the reader chooses once: the language and the appearance.

import { useState } from "react";

import { who } from "../api/http";
import { choose, type Theme, theme, THEMES } from "./theme";
import { type Language, language, LANGUAGES, words } from "../words";

export function Settings({ onLanguage }: { onLanguage: (chosen: Language) => void }) {
  const [chosen, setChosen] = useState<Theme>(theme);
  const session = who();
  return (
    <footer className="settings">
      <label>
        <span>{words.shell.language}</span>
        <select value={language} onChange={(event) => onLanguage(event.target.value as Language)}>
          {Object.entries(LANGUAGES).map(([code, name]) => (
            <option key={code} value={code} lang={code}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>{words.shell.theme}</span>
        <select
          value={chosen}
          onChange={(event) => {
            const wanted = event.target.value as Theme;
            choose(wanted);
            setChosen(wanted);
          }}
        >
          {THEMES.map((one) => (
            <option key={one} value={one}>
              {words.shell.themes[one]}
            </option>
          ))}
        </select>
      </label>
      {session && (
        <p className="account">
          <span title={session.name}>{session.name}</span>
          <button type="button" className="quiet" onClick={() => void session.signOut()}>
            {words.signin.signOut}
          </button>
        </p>
      )}
    </footer>
  );
}
