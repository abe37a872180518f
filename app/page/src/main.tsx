import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { loadConfig } from "./api/config";
import { connect } from "./api/http";
import { Page } from "./page";
import "./style/index.css";
import { words } from "./words";

const root = createRoot(document.getElementById("page")!);

async function start(): Promise<void> {
  const config = await loadConfig();
  connect(config.application, null);
  root.render(
    <StrictMode>
      <Page />
    </StrictMode>,
  );
}

start().catch(() => {
  root.render(
    <p className="problem" role="alert">
      {words.offline}
    </p>,
  );
});
