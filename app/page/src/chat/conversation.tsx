// A conversation as it stands in the address: its stored turns, what is asked now, and beside it the place that an answer cites.

import { useEffect, useState } from "react";

import type { Quote } from "../api/answers";
import * as api from "../api/conversations";
import { Chat } from "./chat";
import { type Evidence, type Message, messagesOf } from "./messages";
import { SourcePanel } from "./sources";
import { words } from "../words";

interface Properties {
  id: string;
  /** Whether nothing was asked yet, so that there is nothing to load. */
  isNew: boolean;
  /** Called when a turn has ended: the list of conversations, and the address, may have to change. */
  onTurn: () => void;
}

interface Stored {
  messages: Message[];
  evidence: Map<string, Evidence>;
}

export default function Conversation({ id, isNew, onTurn }: Properties) {
  const [stored, setStored] = useState<Stored | undefined>(isNew ? { messages: [], evidence: new Map() } : undefined);
  const [source, setSource] = useState<{ quote: Quote; passage: string | undefined }>();
  useEffect(() => {
    if (isNew) return;
    let isCurrent = true;
    const show = (one: Stored) => isCurrent && setStored(one);
    api.conversation(id).then(
      ({ turns }) => {
        const [messages, evidence] = messagesOf(id, turns);
        show({ messages, evidence });
      },
      () => show({ messages: [], evidence: new Map() }),
    );
    return () => void (isCurrent = false);
  }, [id, isNew]);

  return (
    <div className={source ? "conversation with-source" : "conversation"}>
      {stored ? (
        <Chat
          id={id}
          stored={stored.messages}
          storedEvidence={stored.evidence}
          onCite={(quote, evidence) =>
            setSource({ quote, passage: evidence.passages.find((passage) => passage.number === quote.passageNumber)?.text })
          }
          onTurn={onTurn}
        />
      ) : (
        <p className="waiting">{words.shell.loading}</p>
      )}
      {source && <SourcePanel quote={source.quote} passage={source.passage} onClose={() => setSource(undefined)} />}
    </div>
  );
}
