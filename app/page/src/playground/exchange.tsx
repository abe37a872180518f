// What went over the wire, to copy: the request as a program, a command and JSON; the response as it came.

import { type KeyboardEvent, useId, useState } from "react";

import type { NativeRequest } from "../api/playground";
import { CopyButton } from "../chat/code";
import { words } from "../words";
import type { Outcome } from "./run";

const SHAPES = ["boto3", "curl", "request", "response"] as const;
type Shape = (typeof SHAPES)[number];
const nameOf = (shape: Shape) => (shape === "boto3" || shape === "curl" ? shape : words.playground.shapes[shape]);

export function Exchange({ outcome, request }: { outcome: Outcome; request: NativeRequest }) {
  const [shape, setShape] = useState<Shape>("boto3");
  const tabs = useId();
  const text = textOf(shape, outcome, request);
  const move = (event: KeyboardEvent) => {
    const rtl = document.documentElement.dir === "rtl";
    const step = { ArrowRight: rtl ? -1 : 1, ArrowLeft: rtl ? 1 : -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = SHAPES[(SHAPES.indexOf(shape) + step + SHAPES.length) % SHAPES.length]!;
    setShape(next);
    document.getElementById(`${tabs}-${next}`)?.focus();
  };
  return (
    <details className="exchange">
      <summary>{words.playground.wire}</summary>
      <div role="tablist" aria-label={words.playground.wire} onKeyDown={move}>
        {SHAPES.map((one) => (
          <button
            key={one}
            id={`${tabs}-${one}`}
            type="button"
            role="tab"
            aria-selected={one === shape}
            aria-controls={`${tabs}-panel`}
            tabIndex={one === shape ? 0 : -1}
            onClick={() => setShape(one)}
          >
            {nameOf(one)}
          </button>
        ))}
      </div>
      <div id={`${tabs}-panel`} role="tabpanel" aria-labelledby={`${tabs}-${shape}`}>
        {shape === "response" && outcome.isWithheld ? (
          <p className="hint">{words.playground.withheld}</p>
        ) : (
          <figure className="code" dir="ltr">
            <figcaption>
              <span>{shape === "boto3" ? "Python" : shape === "curl" ? "sh" : "JSON"}</span>
              <CopyButton text={() => text} label={words.playground.copyShape(nameOf(shape))} />
            </figcaption>
            <pre tabIndex={0}>
              <code>{text.replace(/[A-Za-z0-9+/=]{4000,}/g, (long) => `${long.slice(0, 60)}… (${long.length})`)}</code>
            </pre>
          </figure>
        )}
        {shape === "curl" && <p className="hint">{words.playground.curlHint}</p>}
      </div>
    </details>
  );
}

function textOf(shape: Shape, outcome: Outcome, request: NativeRequest): string {
  if (shape === "boto3" || shape === "curl") return request[shape];
  if (shape === "request") return JSON.stringify(request.body, null, 2);
  const events = outcome.response ?? [];
  return JSON.stringify(request.operation === "InvokeModel" ? (events[0] ?? null) : events, null, 2);
}
