// "Ask only these": the documents that a conversation is asked about, each of which can be taken out again.

import { useFilter } from "../filter";
import { words } from "../words";
import { CloseIcon } from "./icons";

export function FilterChips() {
  const { documents, remove, clear } = useFilter();
  if (!documents.length) return null;
  return (
    <div className="filter" role="group" aria-label={words.chat.onlyThese}>
      <span>{words.chat.onlyThese}</span>
      {documents.map((document) => (
        <span key={document.uri} className="filter-chip">
          <span dir="auto">{document.name}</span>
          <button type="button" className="quiet icon" aria-label={words.chat.leaveOut(document.name)} title={words.chat.leaveOut(document.name)} onClick={() => remove(document)}>
            <CloseIcon />
          </button>
        </span>
      ))}
      {documents.length > 1 && (
        <button type="button" className="quiet" onClick={clear}>
          {words.chat.askAll}
        </button>
      )}
    </div>
  );
}
