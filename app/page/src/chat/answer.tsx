// An answer: Markdown, block by block, and in it the marks of its citations as chips.

import { createContext, memo, useContext, useMemo, useRef } from "react";
import Markdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";

import type { Quote } from "../api/answers";
import { type Block, blocksOf, sourcesOf, steady } from "./blocks";
import { Chip } from "./chip";
import { CodeBlock } from "./code";
import { allowed, quoteIn, withChips } from "./marks";

interface Citations {
  quotes: Quote[];
  onCite: (quote: Quote) => void;
}

const Cited = createContext<Citations>({ quotes: [], onCite: () => undefined });

interface Properties extends Citations {
  text: string;
  /** Where this text begins in the whole answer, in UTF-16 code units. */
  begin: number;
  isWriting: boolean;
}

export const Answer = memo(function Answer({ text, begin, quotes, isWriting, onCite }: Properties) {
  const before = useRef<Block[]>([]);
  const sources = useMemo(() => {
    before.current = blocksOf(withChips(text, begin, quotes), before.current);
    const all = sourcesOf(before.current);
    return isWriting && all.length ? [...all.slice(0, -1), steady(all.at(-1)!)] : all;
  }, [text, begin, quotes, isWriting]);
  const citations = useMemo(() => ({ quotes, onCite }), [quotes, onCite]);
  return (
    <Cited value={citations}>
      <div className="answer" dir="auto">
        {sources.map((source, index) => (
          <MarkdownBlock key={index} source={source} />
        ))}
      </div>
    </Cited>
  );
});

const MarkdownBlock = memo(function MarkdownBlock({ source }: { source: string }) {
  return (
    <Markdown remarkPlugins={PLUGINS} skipHtml urlTransform={allowed} components={COMPONENTS}>
      {source}
    </Markdown>
  );
});

const PLUGINS = [remarkGfm];

/** An answer's headings stand below its own, whatever levels it has. */
const heading = (level: 3 | 4): NonNullable<Components["h1"]> =>
  function Heading({ children, node }) {
    const Name = `h${level}` as const;
    return <Name className={node?.tagName}>{children}</Name>;
  };

const COMPONENTS: Components = {
  h1: heading(3),
  h2: heading(3),
  h3: heading(3),
  h4: heading(4),
  h5: heading(4),
  h6: heading(4),
  a: function Link({ href, children }) {
    const { quotes, onCite } = useContext(Cited);
    const quote = quoteIn(href, quotes);
    if (quote) return <Chip quote={quote} onCite={onCite} />;
    if (!href) return <>{children}</>;
    return (
      <a href={href} target="_blank" rel="noreferrer noopener nofollow">
        {children}
      </a>
    );
  },
  // An image is a request to whoever is named in it: what an answer says must not make one.
  img: ({ alt }) => <span className="no-image">{alt}</span>,
  pre: ({ children }) => <CodeBlock>{children}</CodeBlock>,
  table: ({ children }) => (
    <div className="scrolls" tabIndex={0}>
      <table>{children}</table>
    </div>
  ),
};
