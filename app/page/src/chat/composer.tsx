// Where one writes: Enter sends, Shift-Enter begins a line, Esc stops, arrow-up edits the last question, and a draft survives a reload.

import { type KeyboardEvent, type Ref, useEffect, useId, useImperativeHandle, useRef, useState } from "react";

import { words } from "../words";
import type { Choices, Mode } from "./choices";
import { FilterChips } from "./filter";
import { SendIcon, StopIcon, TuneIcon } from "./icons";
import { Options } from "./options";

export const LONGEST = 10_000; // characters that the application takes

export interface ComposerHandle {
  /** Puts words there to be changed, and the cursor behind them. */
  write: (text: string) => void;
}

interface Properties {
  ref: Ref<ComposerHandle>;
  id: string;
  isBusy: boolean;
  choices: Choices;
  onStop: () => void;
  onSend: (text: string) => void;
  onEditLast: () => void;
}

export function Composer({ ref, id, isBusy, choices, onStop, onSend, onEditLast }: Properties) {
  const draftKey = `outcrop.draft.${id}`;
  const [text, setText] = useState(() => sessionStorage.getItem(draftKey) ?? "");
  const [isOpen, setIsOpen] = useState(false);
  const box = useRef<HTMLTextAreaElement>(null);
  const options = useId();
  useImperativeHandle(ref, () => ({
    write: (words) => {
      setText(words);
      box.current?.focus();
      requestAnimationFrame(() => box.current?.setSelectionRange(words.length, words.length));
    },
  }));
  useEffect(() => {
    if (text) sessionStorage.setItem(draftKey, text);
    else sessionStorage.removeItem(draftKey);
  }, [draftKey, text]);
  // On a phone the keyboard would cover what there is to read. Who is in a menu, a dialog or
  // another field when the conversation arrives stays there.
  useEffect(() => {
    const isElsewhere = !!document.activeElement?.closest("[popover], [aria-haspopup], dialog, input, textarea, select");
    if (!isElsewhere && matchMedia("(pointer: fine)").matches) box.current?.focus({ preventScroll: true });
  }, [id]);
  useEffect(() => {
    if (!isBusy) return;
    const stop = (event: globalThis.KeyboardEvent) => {
      if (event.key === "Escape" && !event.defaultPrevented) {
        event.preventDefault();
        onStop();
      }
    };
    addEventListener("keydown", stop, true);
    return () => removeEventListener("keydown", stop, true);
  }, [isBusy, onStop]);

  const send = () => {
    const question = text.trim();
    if (!question || isBusy) return;
    onSend(question);
    setText("");
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      send();
    }
    if (event.key === "ArrowUp" && !text && !isBusy) {
      event.preventDefault();
      onEditLast();
    }
  };
  const isChanged = choices.members.model !== undefined || choices.members.parameters !== undefined;
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <FilterChips />
      {isOpen && (
        <div id={options}>
          <Options choices={choices} />
        </div>
      )}
      <textarea
        ref={box}
        rows={1}
        dir={text ? "auto" : undefined}
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
          <select value={choices.mode} onChange={(event) => choices.setMode(event.target.value as Mode)}>
            <option value="answer">{words.chat.modeAnswer}</option>
            <option value="agent">{words.chat.modeAgent}</option>
          </select>
        </label>
        {choices.offered.length > 0 && (
          <button
            type="button"
            className={isChanged ? "quiet tune changed" : "quiet tune"}
            aria-expanded={isOpen}
            aria-controls={isOpen ? options : undefined}
            title={words.chat.options}
            onClick={() => setIsOpen(!isOpen)}
          >
            <TuneIcon /> <span className="hidden">{words.chat.options}</span> <span className="model">{choices.chosen?.id}</span>
          </button>
        )}
        {isBusy ? (
          <button type="button" className="primary icon send" onClick={onStop} aria-label={words.chat.stop} title={words.chat.stop}>
            <StopIcon />
          </button>
        ) : (
          <button type="submit" className="primary icon send" disabled={!text.trim()} aria-label={words.chat.send} title={words.chat.send}>
            <SendIcon />
          </button>
        )}
      </div>
    </form>
  );
}
