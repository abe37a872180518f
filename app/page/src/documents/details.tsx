// All that is known of a document.

import { useEffect, useId, useRef } from "react";

import type { Document } from "../api/documents";
import { words } from "../words";
import { dateAndTime, size } from "../words/format";

export function Details({ document, onClose }: { document: Document; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => dialog.current?.showModal(), []);
  const { name, uri, status, reason, warnings, modified, updated, metadata } = document;
  const rows: [string, string | null | undefined][] = [
    [words.documents.columns.status, words.documents.status[status] ?? status],
    [words.documents.reason, reason],
    [words.documents.warnings, warnings.join("\n")],
    [words.documents.columns.size, document.size === null ? null : size(document.size)],
    [words.documents.columns.modified, modified && dateAndTime(modified)],
    [words.documents.updated, updated && dateAndTime(updated)],
    [words.documents.address, uri],
    ...Object.entries(metadata ?? {}).map(([key, value]): [string, string] => [key, Array.isArray(value) ? value.join(", ") : String(value)]),
  ];
  return (
    <dialog ref={dialog} aria-labelledby={heading} onClose={onClose}>
      <h2 id={heading} dir="auto">
        {name}
      </h2>
      <dl>
        {rows.map(
          ([label, value]) =>
            value && (
              <div key={label}>
                <dt>{label}</dt>
                <dd dir="auto">{value}</dd>
              </div>
            ),
        )}
      </dl>
      <form method="dialog" className="actions">
        <button autoFocus>{words.shell.close}</button>
      </form>
    </dialog>
  );
}
