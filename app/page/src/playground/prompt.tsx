// What the models are asked: a system text and the messages of a conversation, each of which can be changed.

import { useEffect, useId, useRef, useState } from "react";

import { words } from "../words";
import { read, type Shown } from "./picture";

export interface Line {
  key: number;
  role: "user" | "assistant";
  text: string;
  pictures: Shown[];
}

let keys = 0;
export const lineOf = (role: Line["role"], text = ""): Line => ({ key: (keys += 1), role, text, pictures: [] });

interface Properties {
  system: string;
  lines: Line[];
  onSystem: (text: string) => void;
  onLines: (lines: Line[]) => void;
  onRun: () => void;
}

export function PromptEditor({ system, lines, onSystem, onLines, onRun }: Properties) {
  const field = useId();
  const change = (key: number, more: Partial<Line>) => onLines(lines.map((one) => (one.key === key ? { ...one, ...more } : one)));
  return (
    <div className="prompt">
      <div className="line">
        <label htmlFor={`${field}-system`}>{words.playground.system}</label>
        <textarea id={`${field}-system`} dir="auto" rows={1} value={system} placeholder={words.playground.systemHint} onChange={(event) => onSystem(event.target.value)} />
      </div>
      {lines.map((line) => (
        <LineEditor
          key={line.key}
          line={line}
          onChange={(more) => change(line.key, more)}
          onRemove={lines.length > 1 ? () => onLines(lines.filter((one) => one.key !== line.key)) : undefined}
          onRun={onRun}
        />
      ))}
      <p className="row">
        <button type="button" className="quiet" onClick={() => onLines([...lines, lineOf(lines.at(-1)?.role === "user" ? "assistant" : "user")])}>
          {words.playground.addMessage}
        </button>
      </p>
    </div>
  );
}

interface LineProperties {
  line: Line;
  onChange: (more: Partial<Line>) => void;
  onRemove: (() => void) | undefined;
  onRun: () => void;
}

function LineEditor({ line, onChange, onRemove, onRun }: LineProperties) {
  const field = useId();
  const picker = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState("");
  const add = async (files: Iterable<File>) => {
    setProblem("");
    const pictures = [...line.pictures];
    for (const file of files)
      try {
        pictures.push(await read(file));
      } catch {
        setProblem(words.playground.noPicture(file.name));
      }
    onChange({ pictures });
  };
  const role = words.playground.roles[line.role];
  return (
    <div className={`line ${line.role}`}>
      <label htmlFor={field}>{role}</label>
      <textarea
        id={field}
        dir="auto"
        rows={2}
        value={line.text}
        onChange={(event) => onChange({ text: event.target.value })}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            onRun();
          }
        }}
        onPaste={(event) => {
          const files = [...event.clipboardData.files];
          if (!files.length || line.role !== "user") return;
          event.preventDefault();
          event.stopPropagation();
          void add(files);
        }}
      />
      {line.pictures.map((one, index) => (
        <figure key={index} className="picture">
          <Thumbnail shown={one} />
          <figcaption>
            <span dir="auto">{one.name}</span>
            {one.isSmaller && <small>{words.playground.madeSmaller}</small>}
          </figcaption>
          <button
            type="button"
            className="quiet"
            aria-label={words.playground.removePicture(one.name)}
            onClick={() => onChange({ pictures: line.pictures.filter((_, other) => other !== index) })}
          >
            <span aria-hidden="true">✕</span>
          </button>
        </figure>
      ))}
      {problem && <p role="alert">{problem}</p>}
      <p className="row tools">
        {line.role === "user" && (
          <>
            <button type="button" className="quiet" onClick={() => picker.current?.click()}>
              {words.playground.addPicture}
            </button>
            <input
              ref={picker}
              type="file"
              className="hidden"
              tabIndex={-1}
              aria-label={words.playground.addPicture}
              accept="image/png,image/jpeg,image/gif,image/webp"
              multiple
              onChange={(event) => {
                void add([...(event.target.files ?? [])]);
                event.target.value = "";
              }}
            />
          </>
        )}
        {onRemove && (
          <button type="button" className="quiet remove" aria-label={words.playground.removeMessage(role)} onClick={onRemove}>
            <span aria-hidden="true">✕</span>
          </button>
        )}
      </p>
    </div>
  );
}

function Thumbnail({ shown }: { shown: Shown }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { bitmap } = shown;
  const scale = Math.min(1, 160 / Math.max(bitmap.width, bitmap.height));
  useEffect(() => {
    const element = canvas.current;
    element?.getContext("2d")?.drawImage(bitmap, 0, 0, element.width, element.height);
  }, [bitmap]);
  return <canvas ref={canvas} width={Math.max(1, Math.round(bitmap.width * scale))} height={Math.max(1, Math.round(bitmap.height * scale))} role="img" aria-label={shown.name} />;
}
