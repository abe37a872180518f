// What is being added, and how far it is: what is under way and what has failed first; each can be stopped, or tried again.

import { memo } from "react";

import { words } from "../words";
import { number } from "../words/format";
import { isOver, type State, type Upload, uploads, useUploads } from "./uploads";

const SHOWN = 100; // rows; the numbers above them count all
const ORDER: Record<State, number> = { failed: 0, uploading: 1, indexing: 2, waiting: 3, ready: 4, unchanged: 5 };

export function UploadList() {
  const all = useUploads();
  if (!all.length) return null;
  const over = all.filter(isOver).length;
  const failed = all.filter(({ state }) => state === "failed").map(({ name }) => name);
  const rows = all.toSorted((one, other) => ORDER[one.state] - ORDER[other.state]).slice(0, SHOWN);
  return (
    <section className="uploads" aria-labelledby="uploads">
      <header>
        <h2 id="uploads">{words.documents.uploads}</h2>
        <p role="status">
          {words.documents.uploadsDone(number(over), number(all.length))}
          {failed.length > 0 && ` ${words.documents.uploadsFailed(failed.length)}`}
        </p>
        {failed.length > 1 && (
          <button type="button" onClick={() => uploads.retry(...failed)}>
            {words.documents.retryAll}
          </button>
        )}
        {over > 0 && (
          <button type="button" className="quiet" onClick={() => uploads.clear()}>
            {words.documents.clear}
          </button>
        )}
      </header>
      <ul>
        {rows.map((one) => (
          <Row key={one.name} upload={one} />
        ))}
      </ul>
      {all.length > SHOWN && <p className="hint">{words.documents.andOthers(all.length - SHOWN)}</p>}
    </section>
  );
}

const Row = memo(function Row({ upload }: { upload: Upload }) {
  const { name, state, share, problem, warnings } = upload;
  return (
    <li className={state}>
      <span className="name" dir="auto">
        {name}
      </span>
      <span className="state">
        {state === "uploading" ? <progress value={share} aria-label={words.documents.uploading(name)} /> : words.documents.states[state]}
      </span>
      {(state === "failed" || state === "ready" || state === "unchanged") ? (
        <span className="buttons">
          {state === "failed" && (
            <button type="button" aria-label={`${words.shell.again}: ${name}`} onClick={() => uploads.retry(name)}>
              {words.shell.again}
            </button>
          )}
          <button type="button" className="quiet" aria-label={words.documents.dismiss(name)} onClick={() => uploads.cancel(name)}>
            <span aria-hidden="true">✕</span>
          </button>
        </span>
      ) : (
        <span className="buttons">
          {state !== "indexing" && (
            <button type="button" className="quiet" aria-label={`${words.shell.cancel}: ${name}`} onClick={() => uploads.cancel(name)}>
              {words.shell.cancel}
            </button>
          )}
        </span>
      )}
      {(problem || warnings.length > 0) && <small dir="auto">{[problem, ...warnings].filter(Boolean).join(" ")}</small>}
    </li>
  );
});
