// An answer: Markdown, and in it the marks of its citations as chips.

import { memo, useMemo } from "react";
import Markdown from "react-markdown";
import remarkGfm from "remark-gfm";

import type { Quote } from "../api/answers";
import { CodeBlock } from "./code";
import { words } from "../words";

const CITATION = "#citation-";

/** The text with its marks made links, of which `Markdown` makes chips. Only marks that the application has resolved are such: an
 * answer may have numbers in brackets that are none. */
export function withChips(text: string, begin: number, quotes: Quote[]): string {
  let result = "";
  let end = 0;
  const places = quotes
    .map((quote, index) => ({ index, mark: quote.markUtf16 === null ? -1 : quote.markUtf16 - begin, label: `[${quote.number}]` }))
    .filter(({ mark, label }) => mark >= 0 && text.startsWith(label, mark))
    .sort((one, other) => one.mark - other.mark);
  for (const { index, mark, label } of places) {
    if (mark < end) continue;
    result += `${text.slice(end, mark)}[${label.slice(1, -1)}](${CITATION}${index})`;
    end = mark + label.length;
  }
  return result + text.slice(end);
}

interface Properties {
  text: string;
  /** Where this text begins in the whole answer, in UTF-16 code units. */
  begin: number;
  quotes: Quote[];
  onCite: (quote: Quote) => void;
}

export const Answer = memo(function Answer({ text, begin, quotes, onCite }: Properties) {
  const source = useMemo(() => withChips(text, begin, quotes), [text, begin, quotes]);
  return (
    <div className="answer">
      <Markdown
        remarkPlugins={[remarkGfm]}
        skipHtml
        urlTransform={allowed}
        components={{
          a: ({ href, children }) => {
            const quote = href?.startsWith(CITATION) ? quotes[Number(href.slice(CITATION.length))] : undefined;
            if (quote) return <Chip quote={quote} onCite={onCite} />;
            return href ? (
              <a href={href} target="_blank" rel="noreferrer noopener nofollow">
                {children}
              </a>
            ) : (
              <>{children}</>
            );
          },
          // An image is a request to whoever is named in it: what an answer says must not make one.
          img: ({ alt }) => <span className="no-image">{alt}</span>,
          pre: ({ children }) => <CodeBlock>{children}</CodeBlock>,
          table: ({ children }) => (
            <div className="scrolls">
              <table>{children}</table>
            </div>
          ),
        }}
      >
        {source}
      </Markdown>
    </div>
  );
});

function Chip({ quote, onCite }: { quote: Quote; onCite: (quote: Quote) => void }) {
  const where = quote.page ? `, ${words.chat.page(quote.pageLabel ?? String(quote.page))}` : "";
  return (
    <button
      type="button"
      className={quote.supported === false ? "chip doubtful" : "chip"}
      aria-label={`${words.chat.source(quote.number)}: ${quote.title}${where}`}
      data-quote={quote.text.length > 400 ? `${quote.text.slice(0, 400)}…` : quote.text}
      onClick={() => onCite(quote)}
    >
      {quote.number}
    </button>
  );
}

/** Where a link of an answer may lead: to other pages, by https or http, and to our own chips. */
function allowed(url: string): string {
  if (url.startsWith(CITATION)) return url;
  try {
    const { protocol } = new URL(url);
    return protocol === "https:" || protocol === "http:" ? url : "";
  } catch {
    return "";
  }
}
