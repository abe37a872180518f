// A conversation as it stands in the address: its stored turns, what is asked now, and beside it the place that an answer cites.

import { useCallback, useEffect, useRef, useState } from "react";

import * as api from "../api/conversations";
import { Problem } from "../api/http";
import type { Message } from "../api/messages";
import { Chat } from "./chat";
import type { Source } from "./source";
import { SourcePanel } from "./sources";
import { words } from "../words";

interface Properties {
  id: string;
  /** Whether nothing was asked yet, so that there is nothing to load. */
  isNew: boolean;
  /** Called when a turn has ended: the list of conversations, and the address, may have to change. */
  onTurn: () => void;
}

export default function Conversation({ id, isNew, onTurn }: Properties) {
  const [stored, setStored] = useState<Message[] | undefined>(isNew ? [] : undefined);
  const [problem, setProblem] = useState<Error>();
  const [shown, setShown] = useState<{ source: Source; sources: Source[] }>();
  const opener = useRef<HTMLElement>(null);
  const wasNew = useRef(isNew);
  const load = useCallback(() => {
    let isCurrent = true;
    setProblem(undefined);
    api.conversation(id).then(
      ({ messages }) => isCurrent && setStored(messages),
      (error: unknown) => {
        if (!isCurrent) return;
        // A link to a conversation that is not there leads to a new one under its id.
        if (error instanceof Problem && error.status === 404) setStored([]);
        else setProblem(error instanceof Error ? error : new Error(String(error)));
      },
    );
    return () => void (isCurrent = false);
  }, [id]);
  useEffect(() => (wasNew.current ? undefined : load()), [load]);

  const open = useCallback((source: Source, sources: Source[]) => {
    const active = document.activeElement;
    if (active instanceof HTMLElement && !active.closest(".source")) opener.current = active;
    setShown({ source, sources });
  }, []);
  const close = useCallback(() => {
    setShown(undefined);
    opener.current?.focus({ preventScroll: true });
  }, []);
  return (
    <div className={shown ? "conversation with-source" : "conversation"}>
      {stored ? (
        <Chat id={id} stored={stored} onOpen={open} onTurn={onTurn} />
      ) : problem ? (
        <div className="problem" role="alert">
          <p>{problem instanceof Problem ? `${problem.title}. ${problem.detail}` : words.shell.offline}</p>
          <button type="button" onClick={load}>
            {words.shell.again}
          </button>
        </div>
      ) : (
        <p className="waiting">{words.shell.loading}</p>
      )}
      {shown && (
        <SourcePanel sources={shown.sources} open={shown.source} onOpen={(source) => setShown({ ...shown, source })} onClose={close} />
      )}
    </div>
  );
}
