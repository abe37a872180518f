// An answer with all that belongs to it: an agent's steps, the sources, how it came to be, and what one can do with it.

import { memo, useCallback, useMemo } from "react";

import type { Quote } from "../api/answers";
import { type Evidence, replacementOf } from "../api/evidence";
import { isStored, type Message, textOf } from "../api/messages";
import { words } from "../words";
import { Answer } from "./answer";
import { CopyButton } from "./code";
import { FeedbackButtons } from "./feedback";
import { HowAnswered } from "./how";
import { AgainIcon } from "./icons";
import { placedAnew } from "./marks";
import { Nearest } from "./nearest";
import { ofPlace, type Source, sourcesOf } from "./source";
import { SourceList } from "./sources";
import { Confirmation, type ToolPart, ToolStep } from "./steps";

interface Properties {
  conversation: string;
  message: Message;
  evidence: Evidence;
  isLast: boolean;
  isBusy: boolean;
  /** Whether the turn has failed or was stopped, so that the answer is not whole. */
  isBroken: boolean;
  onOpen: (source: Source, sources: Source[]) => void;
  onAgain: (message: Message) => void;
  onAskOtherwise: (message: Message) => void;
  decide: (confirmation: string, isConfirmed: boolean) => void;
}

export const Reply = memo(function Reply(properties: Properties) {
  const { conversation, message, evidence, isLast, isBusy, isBroken, onOpen, onAgain, onAskOtherwise, decide } = properties;
  const isWriting = isLast && isBusy;
  const replacement = replacementOf(evidence);
  const masked = replacement?.isBlocked === false ? replacement.text : undefined;
  const quotes = useMemo(() => {
    if (replacement?.isBlocked) return [];
    return masked === undefined ? evidence.quotes : placedAnew(masked, evidence.quotes);
  }, [evidence.quotes, replacement?.isBlocked, masked]);
  const { turn, feedback } = message.metadata ?? {};
  const sources = useMemo(
    () => sourcesOf({ ...evidence, quotes }, typeof turn === "number" ? { conversation, turn } : undefined),
    [evidence, quotes, conversation, turn],
  );
  const cite = useCallback(
    (quote: Quote) => {
      const source = sources.find((one) => one.quote === quote);
      if (source) onOpen(source, sources);
    },
    [sources, onOpen],
  );
  const open = useCallback((source: Source) => onOpen(source, sources), [sources, onOpen]);
  const notice = noticeOf(evidence, message);
  let begin = 0;
  return (
    <article className="reply">
      <h2 className="hidden">{words.chat.answer}</h2>
      {message.parts.map((part, index) => {
        switch (part.type) {
          case "text": {
            const start = begin;
            begin += part.text.length;
            if (replacement && start > 0) return null;
            const text = replacement ? replacement.text : part.text;
            return <Answer key={index} text={text} begin={start} quotes={quotes} isWriting={isWriting} onCite={cite} />;
          }
          case "dynamic-tool":
            // A call that has a card is shown by it.
            return message.parts.some((one) => one.type === "data-confirm" && one.data.call === part.toolCallId) ? null : (
              <ToolStep key={index} part={part} />
            );
          case "data-confirm":
            return (
              <Confirmation
                key={index}
                call={part.data}
                part={callIn(message, part.data.call)}
                isOpen={isLast && !isBusy}
                decide={(isConfirmed) => decide(part.data.confirmation, isConfirmed)}
              />
            );
          case "data-nearest":
            return (
              <Nearest
                key={index}
                places={part.data.places}
                onOpen={(place) => onOpen(ofPlace(place, evidence), [])}
                onAskOtherwise={() => onAskOtherwise(message)}
              />
            );
          default:
            return null;
        }
      })}
      {replacement && !textOf(message) && <Answer text={replacement.text} begin={0} quotes={quotes} isWriting={false} onCite={cite} />}
      {!isWriting && saysNothing(message, evidence) && <Nearest places={[]} onOpen={() => undefined} onAskOtherwise={() => onAskOtherwise(message)} />}
      {notice && (
        <p className="notice" role="status">
          {notice}
        </p>
      )}
      {isBroken && !isWriting && <p className="notice">{words.chat.notWhole}</p>}
      {!isWriting && (
        <footer>
          <SourceList sources={sources} onOpen={open} />
          <div className="actions">
            <CopyButton text={() => replacement?.text ?? textOf(message)} label={words.chat.copyAnswer} />
            {!isBusy && (
              <button
                type="button"
                className="quiet icon"
                aria-label={words.chat.regenerate}
                title={words.chat.regenerate}
                onClick={() => onAgain(message)}
              >
                <AgainIcon />
              </button>
            )}
            {isStored(message) && <FeedbackButtons conversation={conversation} turn={turn!} given={feedback} />}
          </div>
          <HowAnswered metadata={message.metadata} evidence={evidence} onOpen={(source) => onOpen(source, [])} />
        </footer>
      )}
    </article>
  );
});

/** What a reader has to know of an answer that is not as the model wrote it, or not to its end. */
function noticeOf(evidence: Evidence, message: Message): string {
  const replacement = replacementOf(evidence);
  if (replacement) return replacement.isBlocked ? words.chat.answerBlocked : words.chat.answerMasked;
  const question = evidence.verdicts.find((one) => one.source === "question");
  if (question?.action === "blocked") return words.chat.questionBlocked;
  if (evidence.verdicts.some((one) => one.action === "unjudged")) return words.chat.unjudged;
  if (question?.action === "masked") return words.chat.questionMasked;
  if (message.metadata?.stopReason === "length") return words.chat.stoppedAtLength;
  return "";
}

/** Whether the documents have answered nothing, and nothing in them comes near: a whole answer that cites nothing and calls nothing. */
const saysNothing = (message: Message, { quotes, verdicts }: Evidence) =>
  message.metadata?.stopReason === "end" &&
  !quotes.length &&
  !message.parts.some((part) => part.type === "dynamic-tool" || part.type === "data-nearest") &&
  !verdicts.some((verdict) => verdict.action === "blocked");

const callIn = (message: Message, call: string) =>
  message.parts.find((part) => part.type === "dynamic-tool" && part.toolCallId === call) as ToolPart | undefined;
