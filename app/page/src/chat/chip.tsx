// A citation's mark: pointing at it or moving the focus to it shows the quote, pressing it opens the passage.

import { useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";

import type { Quote } from "../api/answers";
import { placeOf } from "./places";
import { words } from "../words";

const DELAY = 120; // milliseconds that the pointer may take from the chip to the quote
const GAP = 8; // pixels
const LONGEST = 500; // characters

export function Chip({ quote, onCite }: { quote: Quote; onCite: (quote: Quote) => void }) {
  const [isShown, setIsShown] = useState(false);
  const chip = useRef<HTMLButtonElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const id = useId();
  const show = (shown: boolean, delay = DELAY) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setIsShown(shown), delay);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    if (!isShown) return;
    const hide = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.stopPropagation(); // it closes the quote, and does not stop the answer
      setIsShown(false);
    };
    addEventListener("keydown", hide, true);
    return () => removeEventListener("keydown", hide, true);
  }, [isShown]);
  const where = [quote.title, quote.page ? words.chat.page(quote.pageLabel ?? String(quote.page)) : ""].filter(Boolean).join(", ");
  return (
    <>
      <button
        ref={chip}
        type="button"
        className={quote.supported === false ? "chip doubtful" : "chip"}
        aria-label={`${words.chat.source(quote.number)}: ${where}`}
        aria-describedby={isShown ? id : undefined}
        onClick={() => {
          show(false, 0);
          onCite(quote);
        }}
        onPointerEnter={(event) => event.pointerType === "mouse" && show(true)}
        onPointerLeave={() => show(false)}
        onFocus={(event) => event.currentTarget.matches(":focus-visible") && show(true, 0)}
        onBlur={() => show(false, 0)}
      >
        {quote.number}
      </button>
      {isShown &&
        createPortal(
          <QuoteCard id={id} quote={quote} chip={chip.current!} onEnter={() => show(true, 0)} onLeave={() => show(false)} />,
          document.getElementById("content") ?? document.body,
        )}
    </>
  );
}

interface CardProperties {
  id: string;
  quote: Quote;
  chip: HTMLElement;
  onEnter: () => void;
  onLeave: () => void;
}

function QuoteCard({ id, quote, chip, onEnter, onLeave }: CardProperties) {
  const card = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const place = () => {
      const box = card.current!;
      const at = chip.getBoundingClientRect();
      const { width, height } = box.getBoundingClientRect();
      const left = Math.min(Math.max(GAP, at.left + at.width / 2 - width / 2), innerWidth - width - GAP);
      const above = at.top - height - GAP;
      box.style.left = `${Math.max(GAP, left)}px`;
      box.style.top = `${above >= GAP ? above : Math.min(at.bottom + GAP, innerHeight - height - GAP)}px`;
    };
    place();
    addEventListener("scroll", place, true);
    addEventListener("resize", place);
    return () => {
      removeEventListener("scroll", place, true);
      removeEventListener("resize", place);
    };
  }, [chip]);
  const text = quote.text.length > LONGEST ? `${quote.text.slice(0, LONGEST)}…` : quote.text;
  return (
    <div ref={card} id={id} role="tooltip" className="quote-card" onPointerEnter={onEnter} onPointerLeave={onLeave}>
      <blockquote dir="auto">{text}</blockquote>
      <p className="where">
        <strong>{quote.title}</strong> {placeOf(quote)}
      </p>
      {quote.supported === false && <p className="doubt">{words.chat.unsupported}</p>}
    </div>
  );
}
