// The documents: add, watch them become ready, find, delete.

import { useCallback, useEffect, useRef, useState } from "react";

import * as api from "../api/documents";
import { Problem } from "../api/http";
import { words } from "../words";
import { size } from "../words/format";

const SETTLED = new Set(["INDEXED", "PARTIALLY_INDEXED", "FAILED", "REFUSED"]);

interface Upload {
  name: string;
  share: number;
  problem?: string;
}

export default function Documents() {
  const [items, setItems] = useState<api.Document[]>();
  const [uploads, setUploads] = useState<Upload[]>([]);
  const [query, setQuery] = useState("");
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [problem, setProblem] = useState("");
  const [isOver, setIsOver] = useState(false);
  const picker = useRef<HTMLInputElement>(null);

  const load = useCallback(async () => {
    try {
      setItems(await api.documents());
      setProblem("");
    } catch (error) {
      setProblem(error instanceof Problem ? `${error.title}. ${error.detail}` : words.shell.offline);
    }
  }, []);
  useEffect(() => void load(), [load]);
  const isMoving = uploads.length > 0 || items?.some((one) => !SETTLED.has(one.status));
  useEffect(() => {
    if (!isMoving) return;
    const timer = setInterval(() => void load(), 1000);
    return () => clearInterval(timer);
  }, [isMoving, load]);

  const add = async (files: Iterable<File>) => {
    for (const file of files) {
      const name = file.webkitRelativePath || file.name;
      const change = (upload: Upload | undefined) =>
        setUploads((all) => [...all.filter((one) => one.name !== name), ...(upload ? [upload] : [])]);
      change({ name, share: 0 });
      try {
        await api.upload(name, file, (share) => change({ name, share }));
        change(undefined);
      } catch (error) {
        change({ name, share: 0, problem: error instanceof Error ? error.message : String(error) });
      }
    }
    await load();
  };
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length) void add(files);
    };
    addEventListener("paste", paste);
    return () => removeEventListener("paste", paste);
  });

  const remove = async () => {
    if (!confirm(words.documents.confirmDelete(selected.size))) return;
    for (const id of selected) await api.deleteDocument(id).catch((error: Error) => setProblem(error.message));
    setSelected(new Set());
    await load();
  };
  const shown = (items ?? []).filter((one) => one.name.toLowerCase().includes(query.toLowerCase()));
  return (
    <section
      className={isOver ? "documents over" : "documents"}
      aria-label={words.documents.title}
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setIsOver(false);
        void add(event.dataTransfer.files);
      }}
    >
      <header>
        <h1>{words.documents.title}</h1>
        <input type="search" value={query} placeholder={words.documents.search} aria-label={words.documents.search} onChange={(event) => setQuery(event.target.value)} />
        {selected.size > 0 && (
          <button type="button" onClick={() => void remove()}>
            {words.shell.delete} ({selected.size})
          </button>
        )}
        <button type="button" className="primary" onClick={() => picker.current?.click()}>
          {words.documents.add}
        </button>
        <input ref={picker} type="file" multiple hidden onChange={(event) => void add(event.target.files ?? [])} />
      </header>
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      <p className="hint">{items?.length === 0 ? words.documents.none : words.documents.drop}</p>
      <ul>
        {uploads.map((one) => (
          <li key={one.name} className={one.problem ? "failed" : ""}>
            <span className="name">{one.name}</span>
            {one.problem ? <span>{one.problem}</span> : <progress value={one.share} aria-label={words.documents.uploading(one.name)} />}
          </li>
        ))}
        {shown.map((one) => (
          <li key={one.id} className={one.status === "FAILED" || one.status === "REFUSED" ? "failed" : ""}>
            <label>
              <input
                type="checkbox"
                checked={selected.has(one.id)}
                onChange={() => {
                  const changed = new Set(selected);
                  if (!changed.delete(one.id)) changed.add(one.id);
                  setSelected(changed);
                }}
              />
              <span className="name">{one.name}</span>
            </label>
            <small>
              {one.size !== null && size(one.size)} {words.documents.status[one.status] ?? one.status}
              {one.reason && `: ${one.reason}`}
              {one.warnings.map((warning) => ` ${warning}`)}
            </small>
          </li>
        ))}
      </ul>
    </section>
  );
}
