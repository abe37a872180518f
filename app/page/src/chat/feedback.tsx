// What people say of an answer: a thumb, and words if they like. Both are kept with the turn.

import { useId, useRef, useState } from "react";

import { rate } from "../api/conversations";
import { Problem } from "../api/http";
import type { Feedback } from "../api/messages";
import { words } from "../words";
import { ThumbDownIcon, ThumbUpIcon } from "./icons";

const LONGEST = 2000; // characters

interface Properties {
  conversation: string;
  turn: number;
  given: Feedback | null | undefined;
}

export function FeedbackButtons({ conversation, turn, given }: Properties) {
  const [feedback, setFeedback] = useState<Feedback | undefined>(given ?? undefined);
  const [isOpen, setIsOpen] = useState(false);
  const [said, setSaid] = useState(given?.words ?? "");
  const [message, setMessage] = useState("");
  const box = useId();
  const pending = useRef(Promise.resolve()); // the last one counts, so they arrive one after the other
  const send = async (next: Feedback, thanks: string) => {
    const before = feedback;
    setFeedback(next);
    try {
      const sent = pending.current.then(() => rate(conversation, turn, next));
      pending.current = sent.catch(() => undefined);
      await sent;
      setMessage(thanks);
      return true;
    } catch (error) {
      setFeedback(before);
      setMessage(error instanceof Problem ? `${error.title}. ${error.detail}` : words.shell.offline);
      return false;
    }
  };
  const thumb = (rating: Feedback["rating"], label: string, icon: React.ReactNode) => (
    <button
      type="button"
      className="quiet icon"
      aria-pressed={feedback?.rating === rating}
      aria-label={label}
      title={label}
      onClick={() => {
        setIsOpen(true);
        void send({ rating, ...(said.trim() && { words: said.trim() }) }, words.chat.feedbackKept);
      }}
    >
      {icon}
    </button>
  );
  return (
    <>
      {thumb("up", words.chat.good, <ThumbUpIcon />)}
      {thumb("down", words.chat.bad, <ThumbDownIcon />)}
      {isOpen && feedback && (
        <form
          className="feedback"
          onSubmit={(event) => {
            event.preventDefault();
            void send({ ...feedback, words: said.trim() }, words.chat.feedbackKept).then((isKept) => isKept && setIsOpen(false));
          }}
        >
          <label htmlFor={box}>{words.chat.feedbackWords}</label>
          <textarea id={box} rows={2} maxLength={LONGEST} dir="auto" value={said} onChange={(event) => setSaid(event.target.value)} />
          <p className="row">
            <button type="button" onClick={() => setIsOpen(false)}>
              {words.shell.close}
            </button>
            <button type="submit" className="primary" disabled={!said.trim()}>
              {words.chat.send}
            </button>
          </p>
        </form>
      )}
      <span role="status" className="hint">
        {message}
      </span>
    </>
  );
}
