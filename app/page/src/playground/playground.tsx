// The playground: one prompt, put to one model, or to two side by side. Nothing is retrieved, and nothing is kept but by this tab.

import { useEffect, useMemo, useState } from "react";

import { type Models, models } from "../api/models";
import type { Trial } from "../api/playground";
import { idOf } from "../chat/choices";
import { told } from "../shell/told";
import { words } from "../words";
import { boundsOf, Column, type Setup } from "./column";
import { type Line, lineOf, PromptEditor } from "./prompt";
import { useRun } from "./run";
import { Templates } from "./templates";

const KEY = "outcrop.playground";

interface Kept {
  system: string;
  lines: { role: Line["role"]; text: string }[];
  setups: Setup[];
}

function kept(): Kept {
  try {
    const { system = "", lines = [], setups = [] } = JSON.parse(sessionStorage.getItem(KEY) ?? "{}") as Partial<Kept>;
    return { system, lines, setups };
  } catch {
    return { system: "", lines: [], setups: [] };
  }
}

const setupOf = (model: string): Setup => ({ model, values: {}, stop: "" });

export default function Playground() {
  const [before] = useState(kept);
  const [system, setSystem] = useState(before.system);
  const [lines, setLines] = useState<Line[]>(() => (before.lines.length ? before.lines.map((one) => lineOf(one.role, one.text)) : [lineOf("user")]));
  const [setups, setSetups] = useState<Setup[]>(before.setups);
  const [offer, setOffer] = useState<Models>();
  const [problem, setProblem] = useState("");
  const runs = [useRun(), useRun()] as const;
  useEffect(() => {
    let isGone = false;
    models().then(
      (found) => isGone || setOffer(found),
      (error: unknown) => isGone || setProblem(told(error)),
    );
    return () => void (isGone = true);
  }, []);
  useEffect(() => {
    const texts = lines.map(({ role, text }) => ({ role, text }));
    sessionStorage.setItem(KEY, JSON.stringify({ system, lines: texts, setups } satisfies Kept));
  }, [system, lines, setups]);

  const offered = useMemo(() => (offer?.items ?? []).filter((one) => one.offered && one.state !== "gone"), [offer]);
  const ids = useMemo(() => new Set(offered.map(idOf)), [offered]);
  const first = offer && (offered.map(idOf).find((id) => id === offer.default) ?? offered.map(idOf)[0] ?? offer.default);
  const shown = setups.filter((one) => ids.has(one.model)).slice(0, 2);
  const columns = shown.length || !first ? shown : [setupOf(first)];
  const isRunning = runs.some((one) => one.isRunning);
  const says = lines.some((one) => one.role === "user" && (one.text.trim() || one.pictures.length));

  const trialOf = (setup: Setup): Trial => {
    const model = offered.find((one) => idOf(one) === setup.model);
    const taken = new Set<string>(boundsOf(model).map((one) => one.name));
    const values = Object.entries(setup.values).filter(([name]) => taken.has(name));
    const stop = setup.stop.split(",").map((one) => one.trim()).filter(Boolean);
    return {
      model: setup.model,
      ...(system.trim() && { system }),
      messages: lines
        .map((line) => ({
          role: line.role,
          content: [...(line.text.trim() ? [{ text: line.text }] : []), ...line.pictures.map((one) => ({ image: one.picture }))],
        }))
        .filter((turn) => turn.content.length > 0),
      parameters: { ...Object.fromEntries(values), ...(stop.length && { stop }) },
    };
  };
  const run = () => {
    if (says) columns.forEach((setup, index) => void runs[index]?.run(trialOf(setup)));
  };
  const change = (index: number, setup: Setup | undefined) =>
    setSetups(columns.flatMap((one, place) => (place !== index ? [one] : setup ? [setup] : [])));
  return (
    <div className="playground">
      <h1>{words.playground.title}</h1>
      <p className="hint">{words.playground.hint}</p>
      <Templates
        onStart={(text, filled) => {
          setSystem(text);
          setLines(filled);
        }}
      />
      <PromptEditor system={system} lines={lines} onSystem={setSystem} onLines={setLines} onRun={run} />
      <p className="row actions">
        {isRunning ? (
          <button type="button" className="primary" onClick={() => runs.forEach((one) => one.stop())}>
            {words.chat.stop}
          </button>
        ) : (
          <button type="button" className="primary" disabled={!says || !columns.length} onClick={run}>
            {words.playground.run}
          </button>
        )}
        {columns.length === 1 && offered.length > 1 && (
          <button type="button" onClick={() => setSetups([...columns, setupOf(idOf(offered.find((one) => idOf(one) !== columns[0]?.model) ?? offered[0]!))])}>
            {words.playground.addModel}
          </button>
        )}
        <button
          type="button"
          className="quiet"
          onClick={() => {
            setSystem("");
            setLines([lineOf("user")]);
          }}
        >
          {words.playground.clear}
        </button>
        <small>{words.playground.runKey}</small>
      </p>
      {problem && <p role="alert">{problem}</p>}
      <div className={columns.length > 1 ? "columns two" : "columns"}>
        {columns.map((setup, index) => {
          const { outcome, isRunning: isBusy, run: again } = runs[index as 0 | 1];
          return (
            <Column
              key={index}
              label={words.playground.column(index + 1)}
              offered={offered}
              setup={setup}
              onSetup={(changed) => change(index, changed)}
              outcome={outcome}
              isRunning={isBusy}
              onRun={() => void again(trialOf(setup))}
              onGoOn={() => setLines([...lines, lineOf("assistant", outcome.text), lineOf("user")])}
              onRemove={columns.length > 1 ? () => change(index, undefined) : undefined}
            />
          );
        })}
      </div>
    </div>
  );
}
