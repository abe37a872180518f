// How an answer came to be, folded under it.

import type { Evidence, Metadata } from "./messages";
import { words } from "../words";

export function HowAnswered({ metadata, evidence }: { metadata: Metadata | undefined; evidence: Evidence }) {
  if (!metadata?.usage) return null;
  const { usage, model } = metadata;
  return (
    <details className="how">
      <summary>{words.how}</summary>
      <dl>
        {evidence.query && (
          <>
            <dt>{words.lookedFor}</dt>
            <dd>
              “{evidence.query}”: {words.passagesFound(evidence.passages.length)}
            </dd>
          </>
        )}
        <dt>{words.model}</dt>
        <dd>
          {model}; {words.tokens(usage.inputTokens, usage.outputTokens)}
        </dd>
        {evidence.verdicts.map((verdict, index) => (
          <div key={index} className="row">
            <dt>{words.guardrail}</dt>
            <dd>
              {verdict.source} {verdict.action === "none" ? words.passed : verdict.action}
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
