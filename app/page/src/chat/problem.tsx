// What went wrong, and what to do: said in the application's own words, with the request's id for whoever runs it.

import { useEffect, useState } from "react";

import { Problem } from "../api/http";
import { CutOff, Unreachable } from "../api/stream";
import { words } from "../words";
import { dateAndTime } from "../words/format";
import { CopyButton } from "./code";

const LONG = 300; // seconds; of a longer wait the moment of its end is said

export function ProblemView({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const seconds = useCountdown(error instanceof Problem ? (error.retryAfter ?? 0) : 0, error);
  const { title, detail } = saidOf(error);
  const requestId = error instanceof Problem ? error.requestId : undefined;
  return (
    <div className="problem" role="alert">
      <p>
        <strong>{title}</strong>
      </p>
      {detail && <p dir="auto">{detail}</p>}
      <p className="row">
        <button type="button" onClick={onRetry} disabled={seconds > 0}>
          {labelOf(seconds)}
        </button>
        {requestId && (
          <small>
            {words.chat.requestId} <code>{requestId}</code>
            <CopyButton text={() => requestId} label={words.chat.copyRequestId} />
          </small>
        )}
      </p>
    </div>
  );
}

function labelOf(seconds: number): string {
  if (seconds > LONG) return words.chat.againAt(dateAndTime(new Date(Date.now() + seconds * 1000)));
  return seconds > 0 ? words.chat.againIn(seconds) : words.shell.again;
}

function saidOf(error: Error): { title: string; detail: string } {
  if (error instanceof Unreachable) return { title: words.chat.unreachable, detail: navigator.onLine ? words.shell.offline : words.chat.offline };
  if (error instanceof CutOff) return { title: words.chat.cutOff, detail: words.chat.cutOffHint };
  if (error instanceof Problem) return { title: error.title, detail: error.detail === error.title ? "" : error.detail };
  return { title: words.chat.failedHere, detail: error.message };
}

/** The seconds that are left, counted down from when the error came. */
function useCountdown(from: number, error: Error): number {
  const [left, setLeft] = useState(from);
  useEffect(() => {
    const end = performance.now() + from * 1000;
    setLeft(from);
    if (!from) return;
    const timer = setInterval(() => {
      const seconds = Math.max(0, Math.ceil((end - performance.now()) / 1000));
      setLeft(seconds);
      if (!seconds) clearInterval(timer);
    }, 250);
    return () => clearInterval(timer);
  }, [from, error]);
  return left;
}
