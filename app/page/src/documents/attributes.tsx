// The attributes that documents get when they are added: names and values by which questions can be filtered.

import { words } from "../words";
import { type Entry, KINDS } from "./view";

const NONE: Entry = { key: "", kind: "text", value: "" };

export function Attributes({ entries, onChange }: { entries: Entry[]; onChange: (entries: Entry[]) => void }) {
  const change = (index: number, members: Partial<Entry>) => onChange(entries.map((entry, at) => (at === index ? { ...entry, ...members } : entry)));
  return (
    <details className="attributes">
      <summary>{entries.length ? words.documents.attributesCount(entries.length) : words.documents.attributes}</summary>
      <p className="hint">{words.documents.attributesHint}</p>
      {entries.map((entry, index) => (
        <div key={index} className="entry" role="group" aria-label={`${words.documents.attribute} ${entry.key}`}>
          <input
            type="text"
            value={entry.key}
            placeholder={words.documents.attributeName}
            aria-label={words.documents.attributeName}
            maxLength={200}
            dir="auto"
            onChange={(event) => change(index, { key: event.target.value })}
          />
          <select
            value={entry.kind}
            aria-label={words.documents.attributeKind}
            onChange={(event) => {
              const kind = event.target.value as Entry["kind"];
              change(index, { kind, ...(kind === "truth" && { value: "true" }) });
            }}
          >
            {KINDS.map((kind) => (
              <option key={kind} value={kind}>
                {words.documents.kinds[kind]}
              </option>
            ))}
          </select>
          {entry.kind === "truth" ? (
            <select value={entry.value} aria-label={words.documents.attributeValue} onChange={(event) => change(index, { value: event.target.value })}>
              <option value="true">{words.documents.yes}</option>
              <option value="false">{words.documents.no}</option>
            </select>
          ) : (
            <input
              type="text"
              inputMode={entry.kind === "number" ? "decimal" : "text"}
              value={entry.value}
              placeholder={words.documents.attributeValue}
              aria-label={words.documents.attributeValue}
              dir="auto"
              onChange={(event) => change(index, { value: event.target.value })}
            />
          )}
          <button type="button" className="quiet" aria-label={words.documents.attributeRemove(entry.key)} onClick={() => onChange(entries.filter((_, at) => at !== index))}>
            <span aria-hidden="true">✕</span>
          </button>
        </div>
      ))}
      <button type="button" onClick={() => onChange([...entries, NONE])}>
        {words.documents.attributeAdd}
      </button>
    </details>
  );
}
