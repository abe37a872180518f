// A block of code, with a button that copies it.

import { type ReactNode, useRef, useState } from "react";

import { words } from "../words";

export function CodeBlock({ children }: { children: ReactNode }) {
  const block = useRef<HTMLPreElement>(null);
  return (
    <div className="code">
      <CopyButton text={() => block.current?.textContent ?? ""} />
      <pre ref={block} tabIndex={0}>
        {children}
      </pre>
    </div>
  );
}

export function CopyButton({ text }: { text: () => string }) {
  const [copied, setCopied] = useState(false);
  return (
    <button
      type="button"
      className="quiet copy"
      onClick={() => {
        void navigator.clipboard.writeText(text()).then(() => {
          setCopied(true);
          setTimeout(() => setCopied(false), 1500);
        });
      }}
    >
      {copied ? words.shell.copied : words.shell.copy}
    </button>
  );
}
