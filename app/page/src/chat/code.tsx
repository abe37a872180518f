// A block of code, with a button that copies it. Its colours come with a part of the page of their own, the first time that one is shown.

import { isValidElement, type ReactNode, useEffect, useRef, useState } from "react";

import { words } from "../words";
import { CheckIcon, CopyIcon } from "./icons";

const LONGEST = 20_000; // characters that are given colours

export function CodeBlock({ children }: { children: ReactNode }) {
  const { text, language } = codeOf(children);
  const [colour, setColour] = useState<(text: string, language: string) => ReactNode>();
  useEffect(() => {
    let isGone = false;
    if (language)
      void import("./highlight").then(
        ({ highlight }) => isGone || setColour(() => highlight),
        () => undefined, // without colours it can be read all the same
      );
    return () => void (isGone = true);
  }, [language]);
  return (
    <figure className="code" dir="ltr">
      <figcaption>
        <span>{language}</span>
        <CopyButton text={() => text} label={words.chat.copyCode} />
      </figcaption>
      <pre tabIndex={0}>
        <code>{colour && text.length < LONGEST ? colour(text, language) : text}</code>
      </pre>
    </figure>
  );
}

function codeOf(children: ReactNode): { text: string; language: string } {
  const element = Array.isArray(children) ? children[0] : children;
  if (!isValidElement<{ className?: string; children?: ReactNode }>(element)) return { text: String(element ?? ""), language: "" };
  const language = /language-([\w+#.-]+)/.exec(element.props.className ?? "")?.[1] ?? "";
  return { text: String(element.props.children ?? "").replace(/\n$/, ""), language };
}

export function CopyButton({ text, label }: { text: () => string; label: string }) {
  const [isCopied, setIsCopied] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <button
      type="button"
      className="quiet icon copy"
      aria-label={label}
      title={isCopied ? words.shell.copied : label}
      onClick={() =>
        void navigator.clipboard.writeText(text()).then(() => {
          setIsCopied(true);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => setIsCopied(false), 1500);
        })
      }
    >
      {isCopied ? <CheckIcon /> : <CopyIcon />}
      <span className="hidden" role="status">
        {isCopied ? words.shell.copied : ""}
      </span>
    </button>
  );
}
