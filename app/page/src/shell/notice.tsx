// One sentence about what has just been done, shown for a while, and spoken by a screen reader.

import { useEffect, useState } from "react";

import { words } from "../words";

const EVENT = "outcrop-notice";
const SECONDS = 6;

/** Tells the reader something that needs no answer. */
export const notify = (text: string) => void dispatchEvent(new CustomEvent(EVENT, { detail: text }));

export function Notice() {
  const [text, setText] = useState("");
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const show = (event: Event) => {
      clearTimeout(timer);
      setText((event as CustomEvent<string>).detail);
      timer = setTimeout(() => setText(""), SECONDS * 1000);
    };
    addEventListener(EVENT, show);
    return () => {
      clearTimeout(timer);
      removeEventListener(EVENT, show);
    };
  }, []);
  return (
    <div className={text ? "said shown" : "said"}>
      <span role="status">{text}</span>
      {text && (
        <button type="button" className="quiet" aria-label={words.shell.close} onClick={() => setText("")}>
          <span aria-hidden="true">✕</span>
        </button>
      )}
    </div>
  );
}
