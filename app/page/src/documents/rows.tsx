// The list of documents as a table. It is made of blocks: of one that is out of sight only its height is there, so that thousands of
// documents are as fast as a screen of them. Whoever reads by ear is told the number of each row, and of all.

import { memo, useEffect, useLayoutEffect, useRef, useState } from "react";

import type { Document } from "../api/documents";
import { Menu } from "../shell/menu";
import { words } from "../words";
import { date, size } from "../words/format";
import { hasFailed, isSettled } from "./library";
import { type Column, COLUMNS, type Order } from "./view";

type Act = (what: "open" | "ask" | "details" | "delete", document: Document) => void;

const BLOCK = 40; // rows
const HEIGHT = 45; // of a row that was never shown, in pixels
const MARGIN = "900px 0px"; // beyond the edges of what is seen, in which blocks are made too

interface Properties {
  documents: Document[];
  selected: ReadonlySet<string>;
  order: Order;
  onOrder: (order: Order) => void;
  onSelect: (id: string, isRange: boolean) => void;
  onSelectAll: (isOn: boolean) => void;
  onDo: Act;
}

export function Rows({ documents, selected, order, onOrder, onSelect, onSelectAll, onDo }: Properties) {
  const all = useRef<HTMLInputElement>(null);
  const count = documents.reduce((sum, { id }) => sum + Number(selected.has(id)), 0);
  const areAll = count > 0 && count === documents.length;
  useEffect(() => {
    if (all.current) all.current.indeterminate = count > 0 && !areAll;
  });
  const blocks = Array.from({ length: Math.ceil(documents.length / BLOCK) }, (_, index) => documents.slice(index * BLOCK, (index + 1) * BLOCK));
  return (
    <div role="table" aria-label={words.documents.title} aria-rowcount={documents.length + 1} className="table">
      <div role="rowgroup">
        <div role="row" aria-rowindex={1} className="row head">
          <span role="columnheader">
            <input
              ref={all}
              type="checkbox"
              checked={areAll}
              disabled={documents.length === 0}
              aria-label={words.documents.selectAll}
              title={words.documents.selectAll}
              onChange={() => onSelectAll(!areAll)}
            />
          </span>
          {COLUMNS.map((column) => (
            <Heading key={column} column={column} order={order} onOrder={onOrder} />
          ))}
          <span role="columnheader">
            <span className="hidden">{words.documents.actions}</span>
          </span>
        </div>
      </div>
      {blocks.map((some, index) => (
        <Block key={index} begin={index * BLOCK} documents={some} selected={selected} onSelect={onSelect} onDo={onDo} />
      ))}
    </div>
  );
}

interface BlockProperties extends Pick<Properties, "documents" | "selected" | "onSelect" | "onDo"> {
  begin: number;
}

function Block({ begin, documents, selected, onSelect, onDo }: BlockProperties) {
  const block = useRef<HTMLDivElement>(null);
  const height = useRef(0);
  const [isSeen, setIsSeen] = useState(begin === 0);
  useEffect(() => {
    const observer = new IntersectionObserver(
      ([entry]) => setIsSeen(entry!.isIntersecting || !!block.current?.contains(document.activeElement)),
      { root: block.current!.closest(".documents"), rootMargin: MARGIN },
    );
    observer.observe(block.current!);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    if (isSeen) height.current = block.current!.offsetHeight;
  });
  if (!isSeen) return <div ref={block} role="presentation" style={{ blockSize: height.current || documents.length * HEIGHT }} />;
  return (
    <div ref={block} role="rowgroup">
      {documents.map((one, index) => (
        <Row key={one.id} number={begin + index + 2} document={one} isSelected={selected.has(one.id)} onSelect={onSelect} onDo={onDo} />
      ))}
    </div>
  );
}

function Heading({ column, order, onOrder }: { column: Column; order: Order; onOrder: (order: Order) => void }) {
  const isBy = order.by === column;
  return (
    <span role="columnheader" className={column} aria-sort={isBy ? (order.isDown ? "descending" : "ascending") : undefined}>
      <button type="button" className="quiet" onClick={() => onOrder({ by: column, isDown: isBy && !order.isDown })}>
        {words.documents.columns[column]} <span aria-hidden="true">{isBy ? (order.isDown ? "▾" : "▴") : ""}</span>
      </button>
    </span>
  );
}

interface RowProperties extends Pick<Properties, "onSelect" | "onDo"> {
  number: number;
  document: Document;
  isSelected: boolean;
}

const Row = memo(function Row({ number, document, isSelected, onSelect, onDo }: RowProperties) {
  const { id, name, status, reason, warnings } = document;
  const kind = hasFailed(document) ? "failed" : !isSettled(document) ? "moving" : warnings.length ? "warned" : "ready";
  return (
    <div role="row" aria-rowindex={number} className={isSelected ? "row selected" : "row"}>
      <span role="cell">
        <input
          type="checkbox"
          checked={isSelected}
          aria-label={words.documents.select(name)}
          onChange={(event) => onSelect(id, (event.nativeEvent as MouseEvent).shiftKey === true)}
        />
      </span>
      <span role="cell" className="name">
        <button type="button" className="link" dir="auto" onClick={() => onDo("open", document)}>
          {name}
        </button>
        {(reason || warnings.length > 0) && <small className={kind} dir="auto">{[reason, ...warnings].filter(Boolean).join(" ")}</small>}
      </span>
      <span role="cell" className={`status ${kind}`}>
        <span className="dot" aria-hidden="true" />
        {words.documents.status[status] ?? status}
      </span>
      <span role="cell" className="size">
        {document.size === null ? "" : size(document.size)}
      </span>
      <span role="cell" className="modified">
        {document.modified && <time dateTime={document.modified}>{date(document.modified)}</time>}
      </span>
      <span role="cell">
        <Menu
          label={words.documents.actionsOf(name)}
          actions={[
            { label: words.documents.open, onDo: () => onDo("open", document) },
            { label: words.documents.askOnlyThis, onDo: () => onDo("ask", document) },
            { label: words.documents.details, onDo: () => onDo("details", document) },
            { label: words.shell.delete, isFinal: true, onDo: () => onDo("delete", document) },
          ]}
        />
      </span>
    </div>
  );
});
