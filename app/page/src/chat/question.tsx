// A question, which can be copied, and asked again in other words.

import { type KeyboardEvent, useEffect, useRef, useState } from "react";

import { type Message, textOf } from "../api/messages";
import { words } from "../words";
import { CopyButton } from "./code";
import { LONGEST } from "./composer";
import { EditIcon } from "./icons";

interface Properties {
  message: Message;
  isEditing: boolean;
  canEdit: boolean;
  onEditing: (isEditing: boolean) => void;
  onEdit: (text: string) => void;
}

export function Question({ message, isEditing, canEdit, onEditing, onEdit }: Properties) {
  const opener = useRef<HTMLButtonElement>(null);
  const wasEditing = useRef(false);
  useEffect(() => {
    if (wasEditing.current && !isEditing) opener.current?.focus();
    wasEditing.current = isEditing;
  }, [isEditing]);
  if (isEditing) return <Editor text={textOf(message)} onCancel={() => onEditing(false)} onSend={onEdit} />;
  return (
    <article className="question" aria-label={words.chat.you}>
      <p dir="auto">{textOf(message)}</p>
      <div className="actions">
        <CopyButton text={() => textOf(message)} label={words.chat.copyQuestion} />
        <button
          ref={opener}
          type="button"
          className="quiet icon"
          disabled={!canEdit}
          aria-label={words.chat.edit}
          title={words.chat.edit}
          onClick={() => onEditing(true)}
        >
          <EditIcon />
        </button>
      </div>
    </article>
  );
}

function Editor({ text, onCancel, onSend }: { text: string; onCancel: () => void; onSend: (text: string) => void }) {
  const [draft, setDraft] = useState(text);
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    box.current?.focus();
    box.current?.setSelectionRange(text.length, text.length);
  }, [text]);
  const send = () => draft.trim() && onSend(draft.trim());
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      onCancel();
    }
    if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      send();
    }
  };
  return (
    <form
      className="question editor"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        ref={box}
        value={draft}
        maxLength={LONGEST}
        dir="auto"
        aria-label={words.chat.edit}
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <p className="row">
        <small>{words.chat.editHint}</small>
        <button type="button" onClick={onCancel}>
          {words.shell.cancel}
        </button>
        <button type="submit" className="primary" disabled={!draft.trim()}>
          {words.chat.resend}
        </button>
      </p>
    </form>
  );
}
