// What the offline model draws an answer from, and how temperature, top K and top P reshape it.

import { useEffect, useId, useState } from "react";

import { type Weighed, weigh } from "../api/inside";
import { told } from "../shell/told";
import { words } from "../words";
import { number } from "../words/format";

const QUESTION = "What is the hardness of quartz?";
const PASSAGES =
  "Quartz has a hardness of 7 on the Mohs scale. Quartz is hard enough to scratch glass. Feldspar is nearly as hard as quartz. Talc has a hardness of 1. Diamonds are mined in Botswana.";
const PAUSE = 200; // milliseconds after the last change

const share = (value: number) => number(value, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });

export function Candidates() {
  const field = useId();
  const [question, setQuestion] = useState(QUESTION);
  const [passages, setPassages] = useState(PASSAGES);
  const [temperature, setTemperature] = useState(1);
  const [topK, setTopK] = useState(0);
  const [topP, setTopP] = useState(1);
  const [weighed, setWeighed] = useState<Weighed>();
  const [problem, setProblem] = useState("");
  useEffect(() => {
    if (!question.trim() || !passages.trim()) return;
    const control = new AbortController();
    const texts = passages.split(/\n{2,}/).filter((one) => one.trim());
    const timer = setTimeout(() => {
      weigh({ question, passages: texts, temperature, topP, ...(topK && { topK }) }, control.signal).then(
        (found) => {
          setWeighed(found);
          setProblem("");
        },
        (error: unknown) => control.signal.aborted || setProblem(told(error)),
      );
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      control.abort();
    };
  }, [question, passages, temperature, topK, topP]);
  const items = weighed?.candidates ?? [];
  return (
    <section aria-labelledby={`${field}-title`}>
      <h2 id={`${field}-title`}>{words.inside.drawing}</h2>
      <p className="hint">{words.inside.drawingHint}</p>
      <div className="option">
        <label htmlFor={`${field}-question`}>{words.inside.question}</label>
        <input id={`${field}-question`} type="text" dir="auto" value={question} onChange={(event) => setQuestion(event.target.value)} />
      </div>
      <div className="option">
        <label htmlFor={`${field}-passages`}>{words.inside.passages}</label>
        <textarea id={`${field}-passages`} dir="auto" rows={3} value={passages} onChange={(event) => setPassages(event.target.value)} />
      </div>
      <div className="sliders">
        <Slider label={words.inside.temperature} meaning={words.inside.temperatureMeaning} least={0} most={2} step={0.05} value={temperature} onValue={setTemperature} />
        <Slider
          label={words.inside.topK}
          meaning={words.inside.topKMeaning}
          least={0}
          most={Math.max(items.length, 5)}
          step={1}
          value={topK}
          shown={topK ? undefined : words.inside.allOfThem}
          onValue={setTopK}
        />
        <Slider label={words.inside.topP} meaning={words.inside.topPMeaning} least={0} most={1} step={0.01} value={topP} onValue={setTopP} />
      </div>
      {problem && <p role="alert">{problem}</p>}
      {weighed && !items.length && <p>{words.inside.noCandidates}</p>}
      {items.length > 0 && (
        <div className="scroll" tabIndex={0} role="region" aria-label={words.inside.candidates}>
          <table className="candidates">
            <caption className="hidden">{words.inside.candidates}</caption>
            <thead>
              <tr>
                <th scope="col">{words.inside.candidate}</th>
                <th scope="col">{words.inside.score}</th>
                <th scope="col">{words.inside.likelihood}</th>
                <th scope="col">{words.inside.drawnFirst}</th>
              </tr>
            </thead>
            <tbody>
              {items.map((one, index) => (
                <tr key={index} className={one.drawn === null ? "cut" : ""}>
                  <th scope="row" dir="auto">
                    {one.text}
                  </th>
                  <td>{one.score === null ? "–" : number(one.score, { minimumFractionDigits: 2, maximumFractionDigits: 2, signDisplay: "exceptZero" })}</td>
                  <td>
                    <Bar value={one.likelihood} kind="before" /> {share(one.likelihood)}
                  </td>
                  <td>
                    <Bar value={one.drawn ?? 0} kind="after" /> {one.drawn === null ? words.inside.cutOff : share(one.drawn)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {weighed && !weighed.isAnswered && items.length > 0 && <p role="note">{words.inside.abstains}</p>}
    </section>
  );
}

function Bar({ value, kind }: { value: number; kind: "before" | "after" }) {
  return (
    <span className="bar-of" aria-hidden="true">
      <span className={kind} style={{ inlineSize: `${100 * value}%` }} />
    </span>
  );
}

interface SliderProperties {
  label: string;
  meaning: string;
  least: number;
  most: number;
  step: number;
  value: number;
  shown?: string | undefined;
  onValue: (value: number) => void;
}

function Slider({ label, meaning, least, most, step, value, shown, onValue }: SliderProperties) {
  const field = useId();
  const text = shown ?? number(value, { maximumFractionDigits: 2 });
  return (
    <div className="option">
      <label htmlFor={field}>{label}</label>
      <span className="row">
        <input
          id={field}
          type="range"
          min={least}
          max={most}
          step={step}
          value={value}
          aria-valuetext={text}
          aria-describedby={`${field}-meaning`}
          onChange={(event) => onValue(Number(event.target.value))}
        />
        <output htmlFor={field}>{text}</output>
      </span>
      <small id={`${field}-meaning`}>{meaning}</small>
    </div>
  );
}
