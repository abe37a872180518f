// Where an answer comes from: the quote in its passage, and where that stands.

import { useEffect, useRef } from "react";

import type { Place, Quote } from "../api/answers";
import { words } from "../words";

export function SourcePanel({ quote, passage, onClose }: { quote: Quote; passage: string | undefined; onClose: () => void }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const marked = useRef<HTMLElement>(null);
  useEffect(() => {
    heading.current?.focus();
    marked.current?.scrollIntoView({ block: "center" });
  }, [quote]);
  const text = quote.passage ?? passage;
  return (
    <aside className="source" aria-label={words.chat.source(quote.number)}>
      <header>
        <h2 ref={heading} tabIndex={-1}>
          {quote.title}
        </h2>
        <button type="button" className="quiet" onClick={onClose} aria-label={words.shell.close}>
          ✕
        </button>
      </header>
      <p className="where">{placeOf(quote)}</p>
      {quote.supported === false && <p className="doubt">{words.chat.unsupported}</p>}
      <div className="passage" tabIndex={0}>
        {text === undefined ? (
          <mark ref={marked}>{quote.text}</mark>
        ) : (
          <>
            {text.slice(0, quote.startUtf16)}
            <mark ref={marked}>{text.slice(quote.startUtf16, quote.endUtf16)}</mark>
            {text.slice(quote.endUtf16)}
          </>
        )}
      </div>
    </aside>
  );
}

export function SourceList({ quotes, onCite }: { quotes: Quote[]; onCite: (quote: Quote) => void }) {
  const first = [...new Map(quotes.map((quote) => [quote.number, quote])).values()].sort((one, other) => one.number - other.number);
  if (!first.length) return null;
  return (
    <section className="source-list" aria-label={words.chat.sources}>
      <ol>
        {first.map((quote) => (
          <li key={quote.number} value={quote.number}>
            <button type="button" className="quiet" onClick={() => onCite(quote)}>
              {quote.title} <small>{placeOf(quote)}</small>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}

export function Nearest({ places }: { places: Place[] }) {
  return (
    <section className="nearest">
      <h3>{words.chat.nearest}</h3>
      <ul>
        {places.map((place, index) => (
          <li key={index}>
            {place.title} <small>{placeOf(place)}</small>
          </li>
        ))}
      </ul>
    </section>
  );
}

function placeOf(place: Place | Quote): string {
  const page = place.page ? words.chat.page(place.pageLabel ?? String(place.page)) : "";
  const path = place.document === place.title ? "" : place.document;
  return [path, page, place.section].filter(Boolean).join(" · ");
}
