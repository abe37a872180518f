import "./api/jitless";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { type Config, loadConfig } from "./api/config";
import { connect, type Session } from "./api/http";
import { Page } from "./page";
import { theme, wear } from "./shell/theme";
import "./style/index.css";
import { type Language, language, preferred, remember, speak, words } from "./words";

const root = createRoot(document.getElementById("page")!);

/** Shows the page in the language that is spoken now: anew as a whole, since any part may have words. */
function show(home: Config): void {
  const change = (chosen: Language) => {
    remember(chosen);
    void speak(chosen).then(() => show(home));
  };
  root.render(
    <StrictMode>
      <Page key={language} home={home} onLanguage={change} />
    </StrictMode>,
  );
}

async function start(): Promise<void> {
  wear(theme());
  await speak(preferred());
  const home = await loadConfig();
  // What signs people in is loaded only where they have to.
  let session: Session | null = null;
  if (home.signIn) session = await (await import("./signin")).enter(home.signIn, (notice) => root.render(notice));
  connect(home.application, session);
  show(home);
}

start().catch(() => {
  root.render(
    <main className="failure">
      <div role="alert">
        <h1>{words?.shell.offline ?? "The page could not be loaded."}</h1>
      </div>
      <button type="button" onClick={() => location.reload()}>
        {words?.shell.reload ?? "Reload the page"}
      </button>
    </main>,
  );
});
