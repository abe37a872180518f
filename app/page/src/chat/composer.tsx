// Where one writes: Enter sends, Shift-Enter begins a line, Esc stops, and a draft survives a reload.

import { type KeyboardEvent, useEffect, useRef, useState } from "react";

import type { Mode } from "./chat";
import { words } from "../words";

const LONGEST = 10_000; // characters that the application takes

interface Properties {
  id: string;
  isBusy: boolean;
  mode: Mode;
  onMode: (mode: Mode) => void;
  onStop: () => void;
  onSend: (text: string) => void;
}

export function Composer({ id, isBusy, mode, onMode, onStop, onSend }: Properties) {
  const draftKey = `outcrop.draft.${id}`;
  const [text, setText] = useState(() => sessionStorage.getItem(draftKey) ?? "");
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (text) sessionStorage.setItem(draftKey, text);
    else sessionStorage.removeItem(draftKey);
  }, [draftKey, text]);
  useEffect(() => void box.current?.focus(), [id]);
  useEffect(() => {
    if (!isBusy) return;
    const stop = (event: globalThis.KeyboardEvent) => event.key === "Escape" && onStop();
    addEventListener("keydown", stop);
    return () => removeEventListener("keydown", stop);
  }, [isBusy, onStop]);

  const send = () => {
    const question = text.trim();
    if (!question || isBusy) return;
    onSend(question);
    setText("");
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      send();
    }
  };
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        ref={box}
        rows={1}
        value={text}
        maxLength={LONGEST}
        placeholder={words.chat.placeholder}
        aria-label={words.chat.ask}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <div className="controls">
        <label>
          <span className="hidden">{words.chat.mode}</span>
          <select value={mode} onChange={(event) => onMode(event.target.value as Mode)}>
            <option value="answer">{words.chat.modeAnswer}</option>
            <option value="agent">{words.chat.modeAgent}</option>
          </select>
        </label>
        {isBusy ? (
          <button type="button" className="primary" onClick={onStop}>
            {words.chat.stop}
          </button>
        ) : (
          <button type="submit" className="primary" disabled={!text.trim()}>
            {words.chat.send}
          </button>
        )}
      </div>
    </form>
  );
}
