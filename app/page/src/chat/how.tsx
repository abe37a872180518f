// How an answer came to be, folded under it.

import type { Evidence, Metadata } from "./messages";
import { words } from "../words";
import { number } from "../words/format";

export function HowAnswered({ metadata, evidence }: { metadata: Metadata | undefined; evidence: Evidence }) {
  if (!metadata?.usage) return null;
  const { usage, model } = metadata;
  return (
    <details className="how">
      <summary>{words.chat.how}</summary>
      <dl>
        {evidence.query && (
          <>
            <dt>{words.chat.lookedFor}</dt>
            <dd>
              “{evidence.query}”: {words.chat.passagesFound(evidence.passages.length)}
            </dd>
          </>
        )}
        <dt>{words.chat.model}</dt>
        <dd>
          {model}; {words.chat.tokens(number(usage.inputTokens), number(usage.outputTokens))}
        </dd>
        {evidence.verdicts.map((verdict, index) => (
          <div key={index} className="row">
            <dt>{words.chat.guardrail}</dt>
            <dd>
              {verdict.source} {verdict.action === "none" ? words.chat.passed : verdict.action}
              {verdict.policies.map((finding, place) => (
                <code key={place}>
                  {finding.kind} {finding.score?.toFixed(2) ?? finding.confidence ?? finding.action}
                </code>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
