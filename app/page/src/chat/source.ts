// What the panel beside an answer shows: a place in a document, and what of its text is known.

import { useEffect, useState } from "react";

import { citedPassage } from "../api/conversations";
import type { Passage, Place, Quote } from "../api/answers";
import { type Evidence, passageOf } from "../api/evidence";

export interface Source {
  key: string;
  place: Pick<Place, "document" | "title"> & Partial<Place>;
  /** The passage, if it is known. */
  text?: string;
  quote?: Quote;
  /** Where the application has the passage. */
  stored?: { conversation: string; turn: number };
}

/** The sources of an answer's marks, in the order in which the answer has them. */
export function sourcesOf(evidence: Evidence, stored: Source["stored"]): Source[] {
  const sources = evidence.quotes.map((quote, index): Source => {
    const text = passageOf(quote, evidence);
    return { key: `quote-${index}`, place: quote, quote, ...(text !== undefined && { text }), ...(stored && { stored }) };
  });
  return sources.sort((one, other) => (one.quote?.markUtf16 ?? 0) - (other.quote?.markUtf16 ?? 0));
}

/** The passage of a source, asked for if it is stored and not here. */
export function usePassage({ text, quote, stored }: Source): string | undefined {
  const [loaded, setLoaded] = useState<{ quote: Quote | undefined; text: string }>();
  const { conversation, turn } = stored ?? {};
  useEffect(() => {
    if (text !== undefined || !quote || conversation === undefined || turn === undefined) return;
    let isGone = false;
    citedPassage(conversation, turn, quote.number).then(
      (passage) => isGone || setLoaded({ quote, text: passage.text }),
      () => undefined, // the quote is shown without its passage
    );
    return () => void (isGone = true);
  }, [text, quote, conversation, turn]);
  return text ?? (loaded?.quote === quote ? loaded?.text : undefined);
}

export const ofPassage = (passage: Passage): Source => ({
  key: `passage-${passage.number}`,
  place: { ...passage, title: passage.title ?? nameOf(passage.document) },
  text: passage.text,
});

/** A place that comes near a question; its text, if it is among the passages that were found. */
export function ofPlace(place: Place, evidence: Evidence): Source {
  const passage = evidence.passages.find((one) => one.document === place.document && one.score === place.score);
  return { key: `place-${place.document}-${place.score}`, place, ...(passage && { text: passage.text }) };
}

const nameOf = (document: string) => document.split("/").at(-1) || document;
