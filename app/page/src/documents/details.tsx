// All that is known of a document. Its attributes are asked for when this opens, since no list has them.

import { useCallback, useEffect, useId, useRef, useState } from "react";

import type { Attribute, Document } from "../api/documents";
import { described } from "../api/documents";
import { told } from "../shell/told";
import { words } from "../words";
import { dateAndTime, number, size } from "../words/format";

export function Details({ document, onClose }: { document: Document; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => dialog.current?.showModal(), []);
  const { id, name, uri, status, reason, warnings, modified, updated } = document;
  const rows: [string, string | null | undefined][] = [
    [words.documents.columns.status, words.documents.status[status] ?? status],
    [words.documents.reason, reason],
    [words.documents.warnings, warnings.join("\n")],
    [words.documents.columns.size, document.size === null ? null : size(document.size)],
    [words.documents.columns.modified, modified && dateAndTime(modified)],
    [words.documents.updated, updated && dateAndTime(updated)],
    [words.documents.address, uri],
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
      <Attributes id={id} />
      <form method="dialog" className="actions">
        <button autoFocus>{words.shell.close}</button>
      </form>
    </dialog>
  );
}

/** The attributes of a document, as its sidecar has them now. */
function Attributes({ id }: { id: string }) {
  const heading = useId();
  const [found, setFound] = useState<Record<string, Attribute>>();
  const [problem, setProblem] = useState<unknown>();
  const isOpen = useRef(true);
  const load = useCallback(async () => {
    setProblem(undefined);
    try {
      const { attributes } = await described(id);
      if (isOpen.current) setFound(attributes ?? {});
    } catch (error) {
      if (isOpen.current) setProblem(error);
    }
  }, [id]);
  useEffect(() => {
    isOpen.current = true;
    void load();
    return () => void (isOpen.current = false);
  }, [load]);
  const attributes = Object.entries(found ?? {});
  return (
    <section aria-labelledby={heading} aria-busy={!found && problem === undefined}>
      <h3 id={heading}>{words.documents.attributes}</h3>
      {problem !== undefined ? (
        <p className="problem" role="alert">
          {told(problem)}{" "}
          <button type="button" onClick={() => void load()}>
            {words.shell.again}
          </button>
        </p>
      ) : !found ? (
        <p className="hint">{words.shell.loading}</p>
      ) : attributes.length === 0 ? (
        <p className="hint">{words.documents.attributesNone}</p>
      ) : (
        <dl>
          {attributes.map(([key, value]) => (
            <div key={key}>
              <dt dir="auto">{key}</dt>
              {(Array.isArray(value) ? value : [value]).map((one, at) => (
                <dd key={at} dir="auto">
                  {shown(one)}
                </dd>
              ))}
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

/** A value as one reads it. A number is not grouped, since it may be a year. */
function shown(value: string | number | boolean): string {
  if (typeof value === "boolean") return value ? words.documents.yes : words.documents.no;
  return typeof value === "number" ? number(value, { useGrouping: false, maximumFractionDigits: 20 }) : value;
}
