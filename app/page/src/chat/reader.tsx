// The document itself, opened at the place: a PDF in the browser's own viewer, at its page; a text with the quoted words marked. Whatever
// else it is, the browser takes it as a file.

import { useEffect, useRef, useState } from "react";

import { type Content, content } from "../api/content";
import { Problem } from "../api/http";
import { words } from "../words";
import { find, plainOf } from "./passages";
import type { Source } from "./source";

const LONGEST = 2_000_000; // characters of a text that are shown

interface Properties {
  place: Source["place"];
  quote: string;
  onClose: () => void;
}

type State = { kind: "waiting" } | { kind: "failed"; why: string } | { kind: "frame"; url: string } | { kind: "text"; url: string; text: string } | { kind: "file"; url: string };

export default function Reader({ place, quote, onClose }: Properties) {
  const [state, setState] = useState<State>({ kind: "waiting" });
  useEffect(() => {
    let isGone = false;
    setState({ kind: "waiting" });
    read(place).then(
      (found) => isGone || setState(found),
      (error: unknown) => {
        const why = error instanceof Problem ? (error.status === 404 ? words.chat.noDocument : `${error.title}. ${error.detail}`) : words.shell.offline;
        if (!isGone) setState({ kind: "failed", why });
      },
    );
    return () => void (isGone = true);
  }, [place]);
  return (
    <section className="reader" aria-label={words.chat.wholeDocument}>
      <p className="row">
        <button type="button" onClick={onClose}>
          {words.chat.backToPassage}
        </button>
        {"url" in state && (
          <a href={state.url} target="_blank" rel="noreferrer noopener">
            {state.kind === "file" ? words.chat.download : words.chat.openInTab}
          </a>
        )}
      </p>
      {state.kind === "waiting" && <p className="waiting">{words.shell.loading}</p>}
      {state.kind === "failed" && (
        <p className="problem" role="alert">
          {state.why}
        </p>
      )}
      {state.kind === "frame" && <iframe src={state.url} title={place.title} referrerPolicy="no-referrer" />}
      {state.kind === "file" && <p className="hint">{words.chat.notShownHere}</p>}
      {state.kind === "text" && <MarkedText text={state.text} quote={quote} />}
    </section>
  );
}

function MarkedText({ text, quote }: { text: string; quote: string }) {
  const marked = useRef<HTMLElement>(null);
  useEffect(() => void marked.current?.scrollIntoView({ block: "center" }), [text, quote]);
  const span = find(quote, text);
  return (
    <>
      {!span && <p className="hint">{words.chat.notFoundInDocument}</p>}
      <div className="passage" tabIndex={0} dir="auto">
        {text.slice(0, span?.[0] ?? text.length)}
        {span && (
          <>
            <mark ref={marked}>{text.slice(...span)}</mark>
            {text.slice(span[1])}
          </>
        )}
      </div>
    </>
  );
}

async function read(place: Source["place"]): Promise<State> {
  const found: Content = await content(place.document);
  const type = found.contentType.split(";")[0]!.trim();
  if (type === "application/pdf") {
    const url = place.page ? `${found.url}#page=${place.page}` : found.url;
    return navigator.pdfViewerEnabled ? { kind: "frame", url } : { kind: "file", url };
  }
  if (!type.startsWith("text/") && type !== "application/json") return { kind: "file", url: found.url };
  const response = await fetch(found.url, { credentials: "omit" });
  if (!response.ok) throw new Problem(words.chat.noDocument, "", response.status);
  // `Response.text` would take every text for UTF-8.
  const charset = /charset=([\w.:-]+)/i.exec(response.headers.get("content-type") ?? found.contentType)?.[1];
  const text = decoderOf(charset).decode(await response.arrayBuffer());
  if (text.length > LONGEST) return { kind: "file", url: found.url };
  return { kind: "text", url: found.url, text: /\.x?html?$/i.test(place.document) ? plainOf(text) : text };
}

function decoderOf(charset: string | undefined): TextDecoder {
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder();
  }
}
