// Prompts to begin with: one fills in the variables, and says how many examples go before the task.

import { useEffect, useId, useState } from "react";

import { fillIn, type Template, templates } from "../api/playground";
import { told } from "../shell/told";
import { words } from "../words";
import { type Line, lineOf } from "./prompt";

const OURS = new Set(["own_brackets", "query"]); // what the application fills in by itself

export function Templates({ onStart }: { onStart: (system: string, lines: Line[]) => void }) {
  const field = useId();
  const [items, setItems] = useState<Template[]>([]);
  const [name, setName] = useState("");
  const [shots, setShots] = useState(0);
  const [values, setValues] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState("");
  useEffect(() => {
    let isGone = false;
    templates().then(
      (found) => isGone || setItems(found.items),
      (error: unknown) => isGone || setProblem(told(error)),
    );
    return () => void (isGone = true);
  }, []);
  const template = items.find((one) => one.name === name);
  const variables = template?.variables.filter((one) => !OURS.has(one.name)) ?? [];

  const start = async () => {
    if (!template) return;
    const given = variables.filter((one) => values[one.name]?.trim()).map((one) => [one.name, valuesOf(one.name, values[one.name] ?? "")] as const);
    try {
      const filled = await fillIn(template.name, Object.fromEntries(given), shots);
      const lines = filled.messages.map((turn) => lineOf(turn.role, turn.content.map((block) => ("text" in block ? block.text : "")).join("")));
      setProblem("");
      onStart(filled.system, lines);
    } catch (error) {
      setProblem(told(error));
    }
  };
  return (
    <details className="templates">
      <summary>{words.playground.templates}</summary>
      <p className="hint">{words.playground.templatesHint}</p>
      <div className="fields">
        <div className="option">
          <label htmlFor={`${field}-name`}>{words.playground.template}</label>
          <select
            id={`${field}-name`}
            value={name}
            onChange={(event) => {
              setName(event.target.value);
              setShots((before) => Math.min(before, items.find((one) => one.name === event.target.value)?.examples.length ?? 0));
            }}
          >
            <option value="">{words.playground.noTemplate}</option>
            {items.map((one) => (
              <option key={one.name} value={one.name}>
                {words.playground.templateNames[one.name] ?? one.about}
              </option>
            ))}
          </select>
        </div>
        {template && (
          <div className="option">
            <label htmlFor={`${field}-shots`}>{words.playground.examples}</label>
            <select id={`${field}-shots`} value={shots} onChange={(event) => setShots(Number(event.target.value))}>
              {[...Array(template.examples.length + 1).keys()].map((count) => (
                <option key={count} value={count}>
                  {words.playground.shots(count)}
                </option>
              ))}
            </select>
          </div>
        )}
        {variables.map((one) => (
          <div key={one.name} className="option wide">
            <label htmlFor={`${field}-${one.name}`}>
              {words.playground.variables[one.name] ?? one.name}
              {!one.isRequired && <small> {words.playground.optional}</small>}
            </label>
            <textarea
              id={`${field}-${one.name}`}
              dir="auto"
              rows={isList(one.name) ? 4 : 1}
              value={values[one.name] ?? ""}
              onChange={(event) => setValues({ ...values, [one.name]: event.target.value })}
            />
            {isList(one.name) && <small>{words.playground.listHint}</small>}
          </div>
        ))}
      </div>
      {problem && <p role="alert">{problem}</p>}
      {template && (
        <button type="button" onClick={() => void start()}>
          {words.playground.useTemplate}
        </button>
      )}
    </details>
  );
}

const isList = (name: string) => name === "passages" || name === "conversation";

/** Several values stand apart by an empty line. */
const valuesOf = (name: string, text: string): string[] =>
  isList(name)
    ? text
        .split(/\n{2,}/)
        .map((one) => one.trim())
        .filter(Boolean)
    : [text];
