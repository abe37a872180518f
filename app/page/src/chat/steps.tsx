// What an agent does on the way to its answer: calls, what they came to, and a call that waits for the person.

import { useEffect, useState } from "react";

import type { Confirm } from "../api/answers";
import type { Message } from "../api/messages";
import { words } from "../words";
import { time } from "../words/format";

export type ToolPart = Extract<Message["parts"][number], { type: "dynamic-tool" }>;

/** What became of a call, as its part says it. */
export type Fate = "runs" | "waits" | "decided" | "done" | "failed" | "denied";

export function fateOf(part: ToolPart): Fate {
  switch (part.state) {
    case "output-available":
      return "done";
    case "output-error":
      return (part.approval as { approved: boolean } | undefined)?.approved === false ? "denied" : "failed";
    case "output-denied":
      return "denied";
    case "approval-requested":
      return "waits";
    case "approval-responded":
      return "decided";
    default:
      return "runs";
  }
}

export function ToolStep({ part }: { part: ToolPart }) {
  const fate = fateOf(part);
  const note = decisionOn(part);
  const outcome = part.state === "output-error" ? part.errorText : part.state === "output-available" ? String(part.output) : "";
  return (
    <details className={`step is-${fate}`}>
      <summary>
        <span>{words.chat.calls(part.toolName)}</span> <small className={fate === "runs" ? "waiting" : ""}>{words.chat.fates[fate]}</small>
      </summary>
      {note && <p className="hint">{note}</p>}
      <h3>{words.chat.arguments}</h3>
      <Arguments values={part.input} />
      {outcome && (
        <>
          <h3>{words.chat.result}</h3>
          <pre tabIndex={0} dir="auto">
            {readable(outcome)}
          </pre>
        </>
      )}
    </details>
  );
}

interface ConfirmationProperties {
  call: Confirm;
  /** The call's part, if the message has it. */
  part: ToolPart | undefined;
  /** Whether the conversation has not gone on without a decision. */
  isOpen: boolean;
  decide: (isConfirmed: boolean) => void;
}

/** A call that waits for the person; once they have decided, the step that it became. */
export function Confirmation({ call, part, isOpen, decide }: ConfirmationProperties) {
  const isExpired = useIsPast(call.expires);
  const fate = part ? fateOf(part) : "waits";
  if (part && fate !== "waits" && fate !== "runs") return <ToolStep part={part} />;
  const canDecide = isOpen && !isExpired;
  return (
    <section role="group" className={canDecide ? "confirmation open" : "confirmation"} aria-label={words.chat.confirmTitle}>
      <h3>{words.chat.confirmTitle}</h3>
      <p>
        <strong>{call.tool}</strong>
      </p>
      <Arguments values={call.arguments} />
      {canDecide ? (
        <>
          <p className="hint">{words.chat.confirmUntil(time(call.expires))}</p>
          <p className="row">
            <button type="button" className="primary" onClick={() => decide(true)}>
              {words.chat.confirm}
            </button>
            <button type="button" onClick={() => decide(false)}>
              {words.chat.deny}
            </button>
          </p>
        </>
      ) : (
        <p className="hint">{isOpen ? words.chat.hasExpired(time(call.expires)) : words.chat.isVoid}</p>
      )}
    </section>
  );
}

/** What the person has decided on a call, if it had to be confirmed. */
function decisionOn(part: ToolPart): string {
  const approval = part.approval as { approved?: boolean; reason?: string } | undefined;
  if (approval?.approved === undefined) return "";
  if (approval.reason) return words.chat.isVoid; // nobody has decided
  return approval.approved ? words.chat.wasConfirmed : words.chat.wasDenied;
}

function useIsPast(moment: string): boolean {
  const left = () => new Date(moment).getTime() - Date.now();
  const [isPast, setIsPast] = useState(() => left() <= 0);
  useEffect(() => {
    if (left() <= 0) return setIsPast(true);
    const timer = setTimeout(() => setIsPast(true), Math.min(left(), 2 ** 31 - 1));
    return () => clearTimeout(timer);
  }, [moment]);
  return isPast;
}

function Arguments({ values }: { values: unknown }) {
  if (typeof values !== "object" || values === null || !Object.keys(values).length) return <p className="hint">{words.chat.noArguments}</p>;
  return (
    <dl className="arguments">
      {Object.entries(values).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd dir="auto">{typeof value === "string" ? value : JSON.stringify(value, null, 1)}</dd>
        </div>
      ))}
    </dl>
  );
}

function readable(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
