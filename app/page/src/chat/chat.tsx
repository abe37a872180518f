// One conversation: what was said, and the composer.

import { useChat } from "@ai-sdk/react";
import { DefaultChatTransport, lastAssistantMessageIsCompleteWithApprovalResponses } from "ai";
import { useEffect, useMemo, useRef, useState } from "react";

import { Answer } from "./answer";
import type { Quote, Verdict } from "../api/answers";
import { Problem, send } from "../api/http";
import { CopyButton } from "./code";
import { Composer } from "./composer";
import { HowAnswered } from "./how";
import { type Evidence, type Message, NO_EVIDENCE, type Parts, textOf } from "./messages";
import { Nearest, SourceList } from "./sources";
import { Confirmation, ToolStep } from "./steps";
import { words } from "../words";

export type Mode = "answer" | "agent";

interface Properties {
  id: string;
  stored: Message[];
  storedEvidence: Map<string, Evidence>;
  onCite: (quote: Quote, evidence: Evidence) => void;
  onTurn: () => void;
}

export function Chat({ id, stored, storedEvidence, onCite, onTurn }: Properties) {
  const [mode, setMode] = useState<Mode>("answer");
  const [evidence, setEvidence] = useState(storedEvidence);
  const [spoken, setSpoken] = useState(""); // by a screen reader: an answer once it is whole, not token by token
  const current = useRef(""); // the id of the message that is being written
  const chosen = useRef<Mode>(mode);
  chosen.current = mode;

  const transport = useMemo(
    () =>
      new DefaultChatTransport<Message>({
        api: "/chat/stream",
        // The application has the conversation: only what is new is sent.
        prepareSendMessagesRequest: ({ messages, trigger, messageId }) => ({
          body: { id, messages: messages.slice(-1).map(bare), trigger, messageId, mode: chosen.current },
        }),
        fetch: async (input, init) => {
          const response = await send(String(input), init);
          if (!response.ok) throw Problem.of(await response.json().catch(() => null), response.status);
          return response;
        },
      }),
    [id],
  );
  const chat = useChat<Message>({
    id,
    messages: stored,
    transport,
    sendAutomaticallyWhen: lastAssistantMessageIsCompleteWithApprovalResponses,
    onData: (part) => {
      const add = (change: (before: Evidence) => Evidence) =>
        setEvidence((all) => new Map(all).set(current.current, change(all.get(current.current) ?? NO_EVIDENCE)));
      if (part.type === "data-retrieval") add((before) => ({ ...before, ...(part.data as Parts["retrieval"]) }));
      if (part.type === "data-citation") add((before) => ({ ...before, quotes: [...before.quotes, part.data as Quote] }));
      if (part.type === "data-guardrail") add((before) => ({ ...before, verdicts: [...before.verdicts, part.data as Verdict] }));
    },
    onFinish: ({ message }) => {
      setSpoken(textOf(message));
      onTurn();
    },
  });
  const { messages, status, error, sendMessage, stop, regenerate, addToolApprovalResponse } = chat;
  const isBusy = status === "submitted" || status === "streaming";
  const last = messages.at(-1);
  current.current = last?.role === "assistant" ? last.id : "next";

  // What came before the message had its id belongs to it.
  useEffect(() => {
    if (last?.role === "assistant")
      setEvidence((all) => {
        const early = all.get("next");
        if (!early || all.has(last.id)) return all;
        const moved = new Map(all).set(last.id, early);
        moved.delete("next");
        return moved;
      });
  }, [last?.role, last?.id]);

  const end = useRef<HTMLDivElement>(null);
  const asked = messages.filter((message) => message.role === "user").length;
  useEffect(() => void end.current?.scrollIntoView({ block: "end" }), [asked]);

  return (
    <div className="chat">
      <div className="turns" role="log" aria-live="off" aria-busy={isBusy}>
        {messages.length === 0 && (
          <div className="empty">
            <h1>{words.chat.ask}</h1>
            <p>{words.chat.askHint}</p>
          </div>
        )}
        {messages.map((message) => (
          <MessageView
            key={message.id}
            message={message}
            evidence={evidence.get(message.id) ?? NO_EVIDENCE}
            isLast={message === last}
            isBusy={isBusy}
            onCite={onCite}
            decide={(confirmation, confirmed) => void addToolApprovalResponse({ id: confirmation, approved: confirmed })}
          />
        ))}
        {status === "submitted" && <p className="waiting">{words.chat.thinking}</p>}
        {error && (
          <div className="problem" role="alert">
            <p>{error instanceof Problem ? `${error.title}. ${error.detail}` : error.message || words.shell.offline}</p>
            <button type="button" onClick={() => void regenerate()}>
              {words.shell.again}
            </button>
          </div>
        )}
        <div ref={end} />
      </div>
      <div className="hidden" role="status" aria-live="polite">
        {spoken}
      </div>
      <Composer
        key={id}
        id={id}
        isBusy={isBusy}
        mode={mode}
        onMode={setMode}
        onStop={() => void stop()}
        onSend={(text) => void sendMessage({ text })}
      />
    </div>
  );
}

interface MessageProperties {
  message: Message;
  evidence: Evidence;
  isLast: boolean;
  isBusy: boolean;
  onCite: (quote: Quote, evidence: Evidence) => void;
  decide: (confirmation: string, confirmed: boolean) => void;
}

function MessageView({ message, evidence, isLast, isBusy, onCite, decide }: MessageProperties) {
  if (message.role === "user") {
    return (
      <article className="question" aria-label={words.chat.you}>
        <p>{textOf(message)}</p>
      </article>
    );
  }
  const cite = (quote: Quote) => onCite(quote, evidence);
  const replaced = evidence.verdicts.find((one) => one.source === "answer" && one.text !== null)?.text;
  const isBlocked = evidence.verdicts.some((one) => one.source === "answer" && one.action === "blocked");
  const quotes = isBlocked ? [] : evidence.quotes;
  let begin = 0;
  return (
    <article className="reply" aria-label={words.chat.answer}>
      {message.parts.map((part, index) => {
        switch (part.type) {
          case "text": {
            const start = begin;
            begin += part.text.length;
            if (replaced !== undefined && replaced !== null) return start === 0 ? <Answer key={index} text={replaced} begin={0} quotes={quotes} onCite={cite} /> : null;
            return <Answer key={index} text={part.text} begin={start} quotes={quotes} onCite={cite} />;
          }
          case "dynamic-tool":
            return <ToolStep key={index} part={part} />;
          case "data-confirm":
            return (
              <Confirmation
                key={index}
                call={part.data}
                isOpen={isLast && !isBusy && isWaiting(message, part.data.call)}
                decide={(confirmed) => decide(part.data.confirmation, confirmed)}
              />
            );
          case "data-nearest":
            return <Nearest key={index} places={part.data.places} />;
          default:
            return null;
        }
      })}
      {!(isLast && isBusy) && (
        <footer>
          <SourceList quotes={quotes} onCite={cite} />
          <CopyButton text={() => replaced ?? textOf(message)} />
          <HowAnswered metadata={message.metadata} evidence={evidence} />
        </footer>
      )}
    </article>
  );
}

/** A message without what only the page needs: the application refuses what it would ignore. */
function bare(message: Message): Message {
  if (message.role === "user") return { id: message.id, role: "user", parts: message.parts };
  return message;
}

/** Whether nobody has decided on a call yet. */
function isWaiting(message: Message, call: string): boolean {
  const part = message.parts.find((one) => one.type === "dynamic-tool" && one.toolCallId === call);
  return part?.type === "dynamic-tool" && (part.state === "approval-requested" || part.state === "input-available");
}
