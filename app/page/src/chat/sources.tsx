// Where an answer comes from: the quote in its passage, where that stands, and the document itself.

import { lazy, Suspense, useEffect, useRef, useState } from "react";

import type { Quote } from "../api/answers";
import { words } from "../words";
import { CloseIcon, NextIcon, OutIcon, PreviousIcon } from "./icons";
import { placeOf, scoreOf } from "./places";
import { type Source, usePassage } from "./source";

const Reader = lazy(() => import("./reader"));

interface Properties {
  /** The sources that one can go through from here. */
  sources: Source[];
  open: Source;
  onOpen: (source: Source) => void;
  onClose: () => void;
}

export function SourcePanel({ sources, open, onOpen, onClose }: Properties) {
  const heading = useRef<HTMLHeadingElement>(null);
  const marked = useRef<HTMLElement>(null);
  const [isReading, setIsReading] = useState(false);
  const text = usePassage(open);
  useEffect(() => {
    setIsReading(false);
    heading.current?.focus({ preventScroll: true });
  }, [open]);
  useEffect(() => void marked.current?.scrollIntoView({ block: "nearest" }), [open, text]);
  useEffect(() => {
    const key = (event: KeyboardEvent) => event.key === "Escape" && !event.defaultPrevented && onClose();
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, [onClose]);
  const { place, quote } = open;
  const index = sources.findIndex((one) => one.key === open.key);
  const to = (step: number) => sources[(index + step + sources.length) % sources.length]!;
  return (
    <aside className={isReading ? "source reading" : "source"} aria-label={words.chat.sources}>
      <header>
        <h2 ref={heading} tabIndex={-1} dir="auto">
          {quote && <span className="number">{quote.number}</span>} {place.title}
        </h2>
        <button type="button" className="quiet icon" onClick={onClose} aria-label={words.shell.close} title={words.shell.close}>
          <CloseIcon />
        </button>
      </header>
      {index >= 0 && sources.length > 1 && (
        <p className="steps row">
          <button type="button" className="icon" onClick={() => onOpen(to(-1))} aria-label={words.chat.previousCitation} title={words.chat.previousCitation}>
            <PreviousIcon />
          </button>
          <span aria-live="polite">{words.chat.position(index + 1, sources.length)}</span>
          <button type="button" className="icon" onClick={() => onOpen(to(1))} aria-label={words.chat.nextCitation} title={words.chat.nextCitation}>
            <NextIcon />
          </button>
        </p>
      )}
      <dl className="where">
        <dt>{words.chat.document}</dt>
        <dd>
          <bdi>{place.document}</bdi>
        </dd>
        {place.page && (
          <>
            <dt>{words.chat.pageName}</dt>
            <dd>{place.pageLabel ? `${place.pageLabel} (${place.page})` : place.page}</dd>
          </>
        )}
        {place.section && (
          <>
            <dt>{words.chat.section}</dt>
            <dd>
              <bdi>{quote?.headings?.length ? quote.headings.join(" › ") : place.section}</bdi>
            </dd>
          </>
        )}
        {place.score !== undefined && (
          <>
            <dt>{words.chat.score}</dt>
            <dd>
              <meter min={0} max={1} value={place.score} aria-label={words.chat.score} /> {scoreOf(place.score)}
            </dd>
          </>
        )}
      </dl>
      {quote?.supported === false && <p className="doubt">{words.chat.unsupported}</p>}
      {isReading ? (
        <Suspense fallback={<p className="waiting">{words.shell.loading}</p>}>
          <Reader place={place} quote={quote?.text ?? text ?? ""} onClose={() => setIsReading(false)} />
        </Suspense>
      ) : (
        <>
          {(text !== undefined || quote) && (
            <div className="passage" tabIndex={0} dir="auto">
              {quote?.tableHeader && <p className="table-header">{quote.tableHeader}</p>}
              {quote && text !== undefined && text.slice(0, quote.startUtf16)}
              {quote && <mark ref={marked}>{quote.text}</mark>}
              {text?.slice(quote?.endUtf16 ?? 0)}
            </div>
          )}
          <p>
            <button type="button" className="primary" onClick={() => setIsReading(true)}>
              {place.page ? words.chat.openPage(place.pageLabel ?? String(place.page)) : words.chat.openDocument} <OutIcon />
            </button>
          </p>
        </>
      )}
    </aside>
  );
}

/** The documents that an answer cites, each once for its number. */
export function SourceList({ sources, onOpen }: { sources: Source[]; onOpen: (source: Source) => void }) {
  const first = [...new Map(sources.toReversed().map((source) => [source.quote!.number, source])).values()];
  if (!first.length) return null;
  first.sort((one, other) => one.quote!.number - other.quote!.number);
  return (
    <section role="group" className="source-list" aria-label={words.chat.sources}>
      <ol>
        {first.map((source) => (
          <li key={source.key}>
            <button type="button" onClick={() => onOpen(source)}>
              <span className="number">{source.quote!.number}</span>
              <span className="name" dir="auto">
                {source.place.title} <small>{placeOf(source.quote as Quote)}</small>
              </span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
