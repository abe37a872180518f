// Adding documents: dropped on the view, pasted, or picked, single files and whole folders; with the attributes that all of them get.

import { type DragEvent, type ReactNode, useCallback, useEffect, useRef, useState } from "react";

import { notify } from "../shell/notice";
import { told } from "../shell/told";
import { words } from "../words";
import { Attributes } from "./attributes";
import { dropped, isOwn, type Named, picked } from "./files";
import { uploads } from "./uploads";
import { attributesOf, type Entry } from "./view";

export function Adding({ children }: { children: (pickers: ReactNode) => ReactNode }) {
  const [isOver, setIsOver] = useState(false);
  const [entries, setEntries] = useState<Entry[]>([]);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);

  const add = useCallback(
    (all: Named[]) => {
      const own = all.filter(([name]) => !name.includes("/") || isOwn(name));
      uploads.add(own, attributesOf(entries));
      if (own.length < all.length) notify(words.documents.leftOut(all.length - own.length));
    },
    [entries],
  );
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const pasted = picked(event.clipboardData?.files ?? []);
      if (!pasted.length) return;
      event.preventDefault();
      add(pasted);
    };
    addEventListener("paste", paste);
    return () => removeEventListener("paste", paste);
  }, [add]);
  // What is dropped beside the view would be opened by the browser, in place of the page.
  useEffect(() => {
    const ignore = (event: globalThis.DragEvent) => event.preventDefault();
    addEventListener("dragover", ignore);
    addEventListener("drop", ignore);
    return () => {
      removeEventListener("dragover", ignore);
      removeEventListener("drop", ignore);
    };
  }, []);

  const drop = (event: DragEvent) => {
    event.preventDefault();
    setIsOver(false);
    dropped(event.dataTransfer).then(add, (error: unknown) => notify(told(error)));
  };
  const pick = (input: HTMLInputElement) => {
    add(picked(input.files ?? []));
    input.value = ""; // so that the same file can be picked again
  };
  return (
    <section
      className={isOver ? "documents over" : "documents"}
      aria-label={words.documents.title}
      onDragEnter={(event) => setIsOver(event.dataTransfer.types.includes("Files"))}
      onDragOver={(event) => event.preventDefault()}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setIsOver(false);
      }}
      onDrop={drop}
    >
      {children(
        <div className="pickers">
          <button type="button" className="primary" onClick={() => files.current?.click()}>
            {words.documents.add}
          </button>
          <button type="button" onClick={() => folder.current?.click()}>
            {words.documents.addFolder}
          </button>
          <input ref={files} type="file" multiple hidden onChange={(event) => pick(event.target)} />
          <input ref={folder} type="file" webkitdirectory="" hidden onChange={(event) => pick(event.target)} />
          <p className="hint">{words.documents.drop}</p>
          <Attributes entries={entries} onChange={setEntries} />
        </div>,
      )}
    </section>
  );
}
