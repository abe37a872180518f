// How an answer came to be, folded under it: what was looked for and found, how long each part took, what it cost, and what the
// guardrail says.

import type { Finding, Verdict } from "../api/answers";
import type { Clock, Evidence } from "../api/evidence";
import type { Metadata } from "../api/messages";
import { words } from "../words";
import { dollars, number } from "../words/format";
import { placeOf, scoreOf } from "./places";
import { ofPassage, type Source } from "./source";

interface Properties {
  metadata: Metadata | undefined;
  evidence: Evidence;
  onOpen: (source: Source) => void;
}

export function HowAnswered({ metadata, evidence, onOpen }: Properties) {
  if (!metadata?.usage) return null;
  const { usage, model, cost } = metadata;
  const { query, passages, clock, verdicts, budget } = evidence;
  return (
    <details className="how">
      <summary>{words.chat.how}</summary>
      {query && (
        <section>
          <h3>{words.chat.lookedFor}</h3>
          <p dir="auto">“{query}”</p>
          <p className="hint">{words.chat.passagesFound(passages.length)}</p>
          <ol className="found">
            {passages.map((passage) => {
              const source = ofPassage(passage);
              return (
                <li key={passage.number}>
                  <button type="button" onClick={() => onOpen(source)}>
                    <meter min={0} max={1} value={passage.score} aria-label={words.chat.score} />
                    <span className="score">{scoreOf(passage.score)}</span>
                    <span className="name" dir="auto">
                      {source.place.title} <small>{placeOf(source.place)}</small>
                    </span>
                  </button>
                </li>
              );
            })}
          </ol>
        </section>
      )}
      {clock && <Times clock={clock} />}
      <section>
        <h3>{words.chat.cost}</h3>
        <p>
          <code>{model}</code> {words.chat.tokens(number(usage.inputTokens), number(usage.outputTokens))}
          {typeof cost === "number" && <>; {dollars(cost)}</>}
        </p>
        {budget && (
          <p className="hint">
            {budget.unit === "dollars"
              ? words.chat.budget(dollars(budget.amount), dollars(budget.limit))
              : words.chat.budget(number(budget.amount), number(budget.limit))}
          </p>
        )}
      </section>
      {verdicts.length > 0 && (
        <section>
          <h3>{words.chat.guardrail}</h3>
          <ul className="verdicts">
            {verdicts.map((verdict, index) => (
              <li key={index}>
                <VerdictLine verdict={verdict} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </details>
  );
}

function VerdictLine({ verdict }: { verdict: Verdict }) {
  return (
    <>
      {words.chat.judged[verdict.source] ?? verdict.source}: <strong>{words.chat.verdicts[verdict.action] ?? verdict.action}</strong>
      {verdict.subject && <small dir="auto"> {verdict.subject}</small>}
      {verdict.policies.length > 0 && (
        <span className="findings">
          {verdict.policies.map((finding, index) => (
            <code key={index}>{findingOf(finding)}</code>
          ))}
        </span>
      )}
      {verdict.reason && <small dir="auto"> {verdict.reason}</small>}
    </>
  );
}

function findingOf({ kind, score, threshold, confidence, action }: Finding): string {
  if (score === null) return `${kind} ${confidence ?? action}`;
  return `${kind} ${scoreOf(score)}${typeof threshold === "number" ? ` / ${scoreOf(threshold)}` : ""}`;
}

/** How long each part of the turn took, by the page's own clock. */
function Times({ clock }: { clock: Clock }) {
  const { asked, found, first, whole } = clock;
  if (whole === undefined) return null;
  const parts = [
    { name: words.chat.tookSearch, from: asked, to: found ?? asked, kind: "search" },
    { name: words.chat.tookFirst, from: found ?? asked, to: first ?? whole, kind: "first" },
    { name: words.chat.tookWriting, from: first ?? whole, to: whole, kind: "writing" },
  ].filter((part) => part.to > part.from);
  return (
    <section>
      <h3>{words.chat.took(seconds(whole - asked))}</h3>
      <div className="times" aria-hidden="true">
        {parts.map((part) => (
          <span key={part.kind} className={part.kind} style={{ flexGrow: part.to - part.from }} />
        ))}
      </div>
      <dl className="legend">
        {parts.map((part) => (
          <div key={part.kind} className={part.kind}>
            <dt>{part.name}</dt>
            <dd>{seconds(part.to - part.from)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

const seconds = (milliseconds: number) =>
  number(milliseconds / 1000, { style: "unit", unit: "second", minimumFractionDigits: 2, maximumFractionDigits: 2 });
