// One model: which, with what parameters, what it replied, what that took, and what went over the wire.

import { useId } from "react";

import type { Model, Parameter } from "../api/models";
import { idOf, parametersOf } from "../chat/choices";
import { ParameterField } from "../chat/options";
import { ProblemView } from "../chat/problem";
import { words } from "../words";
import { number } from "../words/format";
import { Exchange } from "./exchange";
import type { Outcome } from "./run";

export interface Setup {
  model: string;
  values: Partial<Record<Parameter["name"], number>>;
  stop: string;
}

interface Properties {
  label: string;
  offered: Model[];
  setup: Setup;
  onSetup: (setup: Setup) => void;
  outcome: Outcome;
  isRunning: boolean;
  onRun: () => void;
  onGoOn: () => void;
  onRemove: (() => void) | undefined;
}

export function Column({ label, offered, setup, onSetup, outcome, isRunning, onRun, onGoOn, onRemove }: Properties) {
  const field = useId();
  const model = offered.find((one) => idOf(one) === setup.model);
  const bounds = boundsOf(model);
  const setValue = (name: Parameter["name"], value: number | undefined) => {
    const values = { ...setup.values };
    if (model?.oneSampler && (name === "temperature" || name === "topP")) {
      delete values.temperature;
      delete values.topP;
    }
    if (value === undefined) delete values[name];
    else values[name] = value;
    onSetup({ ...setup, values });
  };
  return (
    <section className="column" aria-label={label}>
      <header>
        <div className="option">
          <label htmlFor={`${field}-model`}>{words.chat.model}</label>
          <select id={`${field}-model`} value={setup.model} onChange={(event) => onSetup({ ...setup, model: event.target.value })}>
            {offered.map((one) => (
              <option key={one.id} value={idOf(one)}>
                {idOf(one)}
              </option>
            ))}
          </select>
        </div>
        {onRemove && (
          <button type="button" className="quiet" onClick={onRemove} aria-label={words.playground.removeModel(setup.model)}>
            <span aria-hidden="true">✕</span>
          </button>
        )}
      </header>
      <details className="parameters">
        <summary>{words.playground.parameters}</summary>
        {bounds.map((one) => (
          <ParameterField key={one.name} parameter={one} value={setup.values[one.name]} onValue={(value) => setValue(one.name, value)} />
        ))}
        <div className="option">
          <label htmlFor={`${field}-stop`}>{words.playground.stop}</label>
          <input id={`${field}-stop`} type="text" dir="auto" value={setup.stop} aria-describedby={`${field}-meaning`} onChange={(event) => onSetup({ ...setup, stop: event.target.value })} />
          <small id={`${field}-meaning`}>{words.playground.stopMeaning}</small>
        </div>
        {model?.oneSampler && <p className="hint">{words.chat.oneSampler}</p>}
      </details>
      <Reply outcome={outcome} isRunning={isRunning} onRun={onRun} />
      {outcome.numbers && <NumbersView outcome={outcome} />}
      {outcome.numbers && outcome.text && (
        <button type="button" onClick={onGoOn}>
          {words.playground.goOn}
        </button>
      )}
      {outcome.request && <Exchange outcome={outcome} request={outcome.request} />}
    </section>
  );
}

function Reply({ outcome, isRunning, onRun }: { outcome: Outcome; isRunning: boolean; onRun: () => void }) {
  const { text, reasoning, verdicts, error } = outcome;
  return (
    <div className="reply" aria-busy={isRunning}>
      {reasoning && (
        <details className="reasoning" open={!text}>
          <summary>{words.playground.reasoning}</summary>
          <p className="words" dir="auto">
            {reasoning}
          </p>
        </details>
      )}
      {text ? (
        <p className="words" dir="auto">
          {text}
        </p>
      ) : isRunning ? (
        <p className="waiting">{words.playground.waiting}</p>
      ) : (
        !error && <p className="hint">{words.playground.nothing}</p>
      )}
      {verdicts
        .filter((one) => one.action !== "none")
        .map((one, index) => (
          <p key={index} className="hint" role="note">
            {words.playground.guardrail(
              one.subject === "image" ? words.playground.picture : words.playground.texts[one.source === "answer" ? "reply" : "prompt"],
              words.chat.verdicts[one.action],
            )}
          </p>
        ))}
      {error && <ProblemView error={error} onRetry={onRun} />}
      <span className="hidden" role="status">
        {outcome.numbers ? words.playground.isDone : ""}
      </span>
    </div>
  );
}

function NumbersView({ outcome }: { outcome: Outcome }) {
  const { numbers, first } = outcome;
  if (!numbers) return null;
  const milliseconds = (value: number) => number(value, { style: "unit", unit: "millisecond", maximumFractionDigits: 0 });
  const rows: [string, string][] = [
    [words.playground.tokens, words.chat.tokens(number(numbers.usage.inputTokens), number(numbers.usage.outputTokens))],
    [words.playground.firstToken, numbers.firstTokenMilliseconds === null ? "–" : milliseconds(numbers.firstTokenMilliseconds)],
    [words.playground.onScreen, first === undefined ? "–" : milliseconds(first)],
    [words.playground.whole, milliseconds(numbers.milliseconds)],
    [words.playground.cost, numbers.dollars === null ? words.playground.noPrice : number(numbers.dollars, { style: "currency", currency: "USD", maximumSignificantDigits: 3 })],
    [words.playground.end, words.playground.ends[numbers.stopReason] ?? numbers.stopReason],
    ...(numbers.model ? [[words.playground.author, numbers.model] as [string, string]] : []),
  ];
  return (
    <dl className="numbers">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <bdi>{value}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** The parameters that a model takes. What is left out is not sent here; only the longest reply always is. */
export const boundsOf = (model: Model | undefined): Parameter[] =>
  parametersOf(model).map((one) => (one.name === "maxTokens" ? one : { ...one, default: null }));
