// Inside the model: what the courses explain with drawings, on one's own sentence and by the laptop's own numbers.

import { useEffect, useId, useState } from "react";

import { look, type View } from "../api/inside";
import { told } from "../shell/told";
import { words } from "../words";
import { number } from "../words/format";
import { Attention } from "./attention";
import { Candidates } from "./candidates";
import { nameOf } from "./picture";
import { Positions } from "./positions";

const EXAMPLE = "She sat by the river bank because the bank was closed.";
const PAUSE = 300; // milliseconds after the last key

export default function Inside() {
  const field = useId();
  const [text, setText] = useState(EXAMPLE);
  const [view, setView] = useState<View>();
  const [problem, setProblem] = useState("");
  useEffect(() => {
    if (!text.trim()) return;
    const control = new AbortController();
    const timer = setTimeout(() => {
      look(text, control.signal).then(
        (found) => {
          setView(found);
          setProblem("");
        },
        (error: unknown) => control.signal.aborted || setProblem(told(error)),
      );
    }, view ? PAUSE : 0);
    return () => {
      clearTimeout(timer);
      control.abort();
    };
  }, [text]);
  return (
    <div className="inside">
      <h1>{words.inside.title}</h1>
      <p className="hint">{words.inside.hint}</p>
      <div className="option">
        <label htmlFor={field}>{words.inside.text}</label>
        <textarea id={field} dir="auto" rows={2} value={text} onChange={(event) => setText(event.target.value)} />
      </div>
      {problem && <p role="alert">{problem}</p>}
      {view ? (
        <>
          <Tokens view={view} />
          <Positions view={view} />
          <Attention view={view} />
        </>
      ) : (
        !problem && <p className="waiting">{words.shell.loading}</p>
      )}
      <Candidates />
    </div>
  );
}

function Tokens({ view }: { view: View }) {
  const field = useId();
  return (
    <section aria-labelledby={field}>
      <h2 id={field}>{words.inside.tokens(view.tokens.length)}</h2>
      <p className="hint">{words.inside.tokensHint}</p>
      <ol className="tokens" start={0} dir="ltr">
        {view.tokens.map((token, place) => (
          <li key={place} className={token.start === null ? "special" : ""}>
            <span className="place" aria-hidden="true">
              {number(place)}
            </span>
            <bdi>{nameOf(token.name)}</bdi> <small>{token.id}</small>
          </li>
        ))}
      </ol>
    </section>
  );
}
