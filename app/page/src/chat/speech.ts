// What a screen reader hears of an answer that is being written: its sentences, each once and whole, and not its tokens.

import { useEffect, useRef, useState } from "react";

const PAUSE = 1000; // milliseconds between two things that are said
const KEPT = 5000; // milliseconds that the last of them stays

/** The whole sentences of a text, without Markdown's signs. Of a text that is still being written the last one is left out: it may go on. */
export function sentencesOf(text: string, isWhole: boolean, locale?: string): string[] {
  const plain = text
    .replace(/```[^\n]*\n?/g, "\n")
    .replace(/!?\[([^\]\n]*)\]\([^)\n]*\)/g, "$1")
    .replace(/[ \t]?\[\d+\]/g, "")
    .replace(/^[ \t]*(?:#{1,6}|>|[-*+]|\|)[ \t]*/gm, "")
    .replace(/\*\*|__|~~|`/g, "")
    .replace(/(?<![\p{L}\p{N}])[*_]|[*_](?![\p{L}\p{N}])/gu, "")
    .replaceAll("|", " ");
  const segments = [...new Intl.Segmenter(locale, { granularity: "sentence" }).segment(plain)].map(({ segment }) => segment);
  if (!isWhole) segments.pop();
  return segments.map((segment) => segment.replace(/\s+/g, " ").trim()).filter((segment) => /[\p{L}\p{N}]/u.test(segment));
}

/** What to say now of an answer: the sentences that were not said yet, again and again until all are. */
export function useSpoken(answer: string | undefined, text: string, isWriting: boolean): string[] {
  const [spoken, setSpoken] = useState<string[]>([]);
  const said = useRef({ answer: undefined as string | undefined, count: 0 });
  const now = useRef({ answer, text, isWriting });
  now.current = { answer, text, isWriting };
  useEffect(() => {
    if (!isWriting) return;
    const say = () => {
      const { answer: id, text: written, isWriting: goesOn } = now.current;
      if (said.current.answer !== id) said.current = { answer: id, count: 0 };
      const sentences = sentencesOf(written, !goesOn, document.documentElement.lang);
      const fresh = sentences.slice(said.current.count);
      said.current.count = Math.max(said.current.count, sentences.length);
      if (fresh.length) setSpoken((before) => [...before, fresh.join(" ")]);
    };
    setSpoken([]);
    const timer = setInterval(say, PAUSE);
    return () => {
      clearInterval(timer);
      say();
    };
  }, [isWriting]);
  useEffect(() => {
    if (isWriting || !spoken.length) return;
    const timer = setTimeout(() => setSpoken([]), KEPT);
    return () => clearTimeout(timer);
  }, [isWriting, spoken]);
  return spoken;
}
