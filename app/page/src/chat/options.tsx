// The model and its parameters, for those who open them: each with what it does, and only those that the model takes.

import { useId } from "react";

import type { Model, Parameter } from "../api/models";
import { words } from "../words";
import { dollars, number } from "../words/format";
import { type Choices, idOf } from "./choices";

export function Options({ choices }: { choices: Choices }) {
  const { offered, chosen, parameters, values } = choices;
  const picker = useId();
  return (
    <section className="options" aria-label={words.chat.options}>
      {chosen && (
        <div className="option">
          <label htmlFor={picker}>{words.chat.model}</label>
          <select id={picker} value={idOf(chosen)} onChange={(event) => choices.setModel(event.target.value)}>
            {offered.map((model) => (
              <option key={model.id} value={idOf(model)}>
                {labelOf(model, choices.default)}
              </option>
            ))}
          </select>
          {chosen.price && <small>{words.chat.price(dollars(chosen.price.input), dollars(chosen.price.output))}</small>}
          {chosen.note && <small>{chosen.note}</small>}
        </div>
      )}
      {parameters.map((parameter) => (
        <ParameterField
          key={parameter.name}
          parameter={parameter}
          value={values[parameter.name]}
          onValue={(value) => choices.setValue(parameter.name, value)}
        />
      ))}
      {chosen?.oneSampler && parameters.length > 0 && <p className="hint">{words.chat.oneSampler}</p>}
    </section>
  );
}

function labelOf(model: Model, byDefault: string | undefined): string {
  const isDefault = byDefault === model.id || model.inferenceProfiles.includes(byDefault ?? "");
  return isDefault ? words.chat.isDefault(model.id) : model.id;
}

interface FieldProperties {
  parameter: Parameter;
  value: number | undefined;
  onValue: (value: number | undefined) => void;
}

export function ParameterField({ parameter, value, onValue }: FieldProperties) {
  const { name, least, most, default: usual } = parameter;
  const field = useId();
  const isWhole = name === "topK" || name === "maxTokens";
  const { title, meaning } = words.chat.parameters[name] ?? { title: name, meaning: "" };
  const shown = value ?? usual ?? undefined;
  const change = (text: string) => {
    const chosen = Number(text);
    if (text === "" || !Number.isFinite(chosen)) return onValue(undefined);
    const rounded = isWhole ? Math.round(chosen) : chosen;
    onValue(Math.min(most ?? rounded, Math.max(least, rounded)));
  };
  return (
    <div className="option">
      <label htmlFor={field}>{title}</label>
      <span className="row">
        {most !== null && !(isWhole && most > 1000) && (
          <input
            type="range"
            aria-label={title}
            min={least}
            max={most}
            step={isWhole ? 1 : 0.05}
            value={shown ?? least}
            onChange={(event) => change(event.target.value)}
          />
        )}
        <input
          id={field}
          type="number"
          inputMode="decimal"
          min={least}
          max={most ?? undefined}
          step={isWhole ? 1 : 0.05}
          value={value ?? ""}
          placeholder={usual === null ? "" : number(usual)}
          aria-describedby={`${field}-meaning`}
          onChange={(event) => change(event.target.value)}
        />
        <button type="button" className="quiet" disabled={value === undefined} onClick={() => onValue(undefined)}>
          {words.chat.asUsual}
        </button>
      </span>
      <small id={`${field}-meaning`}>{meaning}</small>
    </div>
  );
}
