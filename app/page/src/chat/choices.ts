// What a reader chooses beside the question: who answers, which model, and its parameters. Kept by the browser.

import { useEffect, useMemo, useState } from "react";

import { type Model, type Models, models, type Parameter } from "../api/models";
import { filterOf, useFilter } from "../filter";

export type Mode = "answer" | "agent";
export type Values = Partial<Record<Parameter["name"], number>>;

const KEY = "outcrop.choices";
const SAMPLERS: Parameter["name"][] = ["temperature", "topP"];

interface Kept {
  mode: Mode;
  model?: string | undefined;
  values: Values;
}

function kept(): Kept {
  try {
    const { mode, model, values } = JSON.parse(sessionStorage.getItem(KEY) ?? "{}") as Partial<Kept>;
    return { mode: mode === "agent" ? "agent" : "answer", model: typeof model === "string" ? model : undefined, values: values ?? {} };
  } catch {
    return { mode: "answer", values: {} };
  }
}

/** The id by which a model can be called here. */
export const idOf = (model: Model): string => (model.needsInferenceProfile ? (model.inferenceProfiles[0] ?? model.id) : model.id);

/** The parameters that a model takes, with their bounds. */
export const parametersOf = (model: Model | undefined): Parameter[] =>
  (model?.parameters ?? []).filter((one): one is Parameter => typeof one === "object");

export function useChoices() {
  const [choices, setChoices] = useState<Kept>(kept);
  const [offer, setOffer] = useState<Models>();
  const { documents } = useFilter();
  useEffect(() => void sessionStorage.setItem(KEY, JSON.stringify(choices)), [choices]);
  useEffect(() => {
    let isGone = false;
    models().then(
      (found) => isGone || setOffer(found),
      () => undefined, // without a list, the default answers
    );
    return () => void (isGone = true);
  }, []);
  const offered = useMemo(() => (offer?.items ?? []).filter((one) => one.offered && one.state !== "gone"), [offer]);
  const isOf = (id: string | undefined) => (model: Model) => !!id && [model.id, ...model.inferenceProfiles].includes(id);
  const model = offered.find(isOf(choices.model)) ?? offered.find(isOf(offer?.default));
  const parameters = parametersOf(model);

  const members = useMemo(() => {
    const values = Object.entries(choices.values).filter(([name]) => parameters.some((one) => one.name === name));
    const filter = filterOf(documents);
    return {
      mode: choices.mode,
      ...(choices.model && model && idOf(model) !== offer?.default && { model: idOf(model) }),
      ...(values.length && { parameters: Object.fromEntries(values) }),
      ...(filter && { filter }),
    };
  }, [choices, documents, model, offer, parameters]);

  return {
    ...choices,
    /** What a question is sent with. */
    members,
    offered,
    default: offer?.default,
    chosen: model,
    parameters,
    setMode: (mode: Mode) => setChoices((before) => ({ ...before, mode })),
    setModel: (id: string | undefined) => setChoices((before) => ({ ...before, model: id })),
    setValue: (name: Parameter["name"], value: number | undefined) =>
      setChoices((before) => {
        const values = { ...before.values };
        // Some models take one of the two, and not both.
        if (model?.oneSampler && SAMPLERS.includes(name)) for (const other of SAMPLERS) delete values[other];
        if (value === undefined) delete values[name];
        else values[name] = value;
        return { ...before, values };
      }),
  };
}

export type Choices = ReturnType<typeof useChoices>;
