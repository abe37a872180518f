// What an agent does on the way to its answer: calls, what they came to, and a call that waits for the person.

import type { Confirm } from "../api/answers";
import type { Message } from "./messages";
import { words } from "../words";
import { time } from "../words/format";

type Part = Extract<Message["parts"][number], { type: "dynamic-tool" }>;

export function ToolStep({ part }: { part: Part }) {
  const state = part.state === "output-error" ? words.chat.failed : part.state === "output-available" ? words.chat.done : words.chat.waits;
  const outcome = part.state === "output-error" ? part.errorText : part.state === "output-available" ? String(part.output) : "";
  return (
    <details className={`step ${part.state}`}>
      <summary>
        {words.chat.calls(part.toolName)} <Arguments values={part.input} /> <small>{state}</small>
      </summary>
      {outcome && <pre tabIndex={0}>{readable(outcome)}</pre>}
    </details>
  );
}

export function Confirmation({ call, decide, isOpen }: { call: Confirm; decide: (confirmed: boolean) => void; isOpen: boolean }) {
  return (
    <section className="confirmation" aria-label={words.chat.confirmTitle}>
      <h3>{words.chat.confirmTitle}</h3>
      <p>
        <strong>{call.tool}</strong> <Arguments values={call.arguments} />
      </p>
      {isOpen && (
        <>
          <p className="hint">{words.chat.confirmUntil(time(call.expires))}</p>
          <button type="button" className="primary" onClick={() => decide(true)}>
            {words.chat.confirm}
          </button>
          <button type="button" onClick={() => decide(false)}>
            {words.chat.deny}
          </button>
        </>
      )}
    </section>
  );
}

function Arguments({ values }: { values: unknown }) {
  if (typeof values !== "object" || values === null) return null;
  return (
    <span className="arguments">
      {Object.entries(values).map(([name, value]) => (
        <code key={name}>
          {name}: {typeof value === "string" ? value : JSON.stringify(value)}
        </code>
      ))}
    </span>
  );
}

function readable(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
