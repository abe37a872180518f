// One model's run of what is asked: begun, watched, stopped.

import { useCallback, useEffect, useRef, useState } from "react";

import type { Verdict } from "../api/answers";
import { type NativeRequest, type Numbers, type Trial, trial } from "../api/playground";

export interface Outcome {
  text: string;
  reasoning: string;
  request?: NativeRequest;
  response?: unknown[] | null;
  isWithheld: boolean;
  verdicts: Verdict[];
  numbers?: Numbers;
  /** Milliseconds until the first word was here, as this browser counts. */
  first?: number;
  error?: Error;
}

const NOTHING: Outcome = { text: "", reasoning: "", isWithheld: false, verdicts: [] };

export function useRun() {
  const [outcome, setOutcome] = useState<Outcome>(NOTHING);
  const [isRunning, setIsRunning] = useState(false);
  const control = useRef<AbortController>(undefined);
  useEffect(() => () => control.current?.abort(), []);

  const run = useCallback(async (asked: Trial) => {
    control.current?.abort();
    const own = (control.current = new AbortController());
    const change = (more: (before: Outcome) => Partial<Outcome>) => {
      if (control.current === own) setOutcome((before) => ({ ...before, ...more(before) }));
    };
    setOutcome(NOTHING);
    setIsRunning(true);
    const began = performance.now();
    try {
      for await (const told of trial(asked, own.signal)) {
        if (told.kind === "text" || told.kind === "reasoning") {
          const first = performance.now() - began;
          change((before) => ({ [told.kind]: before[told.kind] + told.text, first: before.first ?? first }));
        } else if (told.kind === "request") change(() => ({ request: told.request }));
        else if (told.kind === "response") change(() => ({ response: told.events, isWithheld: told.isWithheld }));
        else if (told.kind === "guardrail") {
          const { verdict } = told;
          const replaces = verdict.text !== null && (verdict.source === "answer" || verdict.action === "blocked");
          change((before) => ({ verdicts: [...before.verdicts, verdict], ...(replaces && { text: verdict.text ?? "" }) }));
        } else change(() => ({ numbers: told.numbers }));
      }
    } catch (error) {
      if (!own.signal.aborted) change(() => ({ error: error instanceof Error ? error : new Error(String(error)) }));
    } finally {
      if (control.current === own) setIsRunning(false);
    }
  }, []);
  const stop = useCallback(() => control.current?.abort(), []);
  return { outcome, isRunning, run, stop };
}
