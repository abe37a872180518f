// One conversation: what was said, and where one writes.

import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";

import { NO_EVIDENCE } from "../api/evidence";
import { exchangesOf, isStored, type Message, textOf } from "../api/messages";
import { words } from "../words";
import { useChoices } from "./choices";
import { Composer, type ComposerHandle } from "./composer";
import { DownIcon } from "./icons";
import { ProblemView } from "./problem";
import { Question } from "./question";
import { Reply } from "./reply";
import type { Source } from "./source";
import { useSpoken } from "./speech";
import { Welcome } from "./suggestions";
import { useThread } from "./thread";

interface Properties {
  id: string;
  stored: Message[];
  onOpen: (source: Source, sources: Source[]) => void;
  onTurn: () => void;
}

export function Chat({ id, stored, onOpen, onTurn }: Properties) {
  const choices = useChoices();
  const thread = useThread(id, stored, choices.members, onTurn);
  const { messages, status, error, isBusy, evidence, stop, ask, edit, again, decide } = thread;
  const [editing, setEditing] = useState<string>();
  const composer = useRef<ComposerHandle>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const exchanges = useMemo(() => exchangesOf(messages), [messages]);
  const last = messages.at(-1);
  const answer = last?.role === "assistant" ? last : undefined;
  const spoken = useSpoken(answer?.id, answer ? textOf(answer) : "", isBusy);
  const question = messages.findLast((message) => message.role === "user");
  const [asked, setAsked] = useState<string>(); // the question that the reader has asked here, after which the answer grows
  const isAway = useIsAway(scroller, messages);

  // What was asked goes to the top, and the answer has room below it: nothing moves while it is written.
  useEffect(() => {
    const now = asked && scroller.current?.querySelector<HTMLElement>(".exchange.now");
    if (now) scroller.current?.scrollTo({ top: now.offsetTop - ABOVE });
  }, [asked]);
  useLayoutEffect(() => {
    if (scroller.current) scroller.current.scrollTop = scroller.current.scrollHeight;
  }, []);
  useEffect(() => {
    if (status === "submitted") setAsked(question && `${question.id} ${textOf(question)}`);
  }, [status, question]);

  const onAskOtherwise = useCallback(
    (one: Message) => {
      const before = messages[messages.indexOf(one) - 1];
      composer.current?.write(before ? textOf(before) : "");
    },
    [messages],
  );
  const onAgain = useCallback((one: Message) => again(one), [again]);
  return (
    <div className="chat">
      <div className="turns" role="log" aria-live="off" aria-busy={isBusy} tabIndex={0} aria-label={words.chat.conversation} ref={scroller}>
        {exchanges.length === 0 ? <Welcome onAsk={ask} /> : <h1 className="hidden">{words.chat.conversation}</h1>}
        {exchanges.map((exchange, index) => {
          const isLast = index === exchanges.length - 1;
          return (
            <section key={exchange.question?.id ?? index} className={isLast && asked ? "exchange now" : "exchange"}>
              {exchange.question && (
                <Question
                  message={exchange.question}
                  isEditing={editing === exchange.question.id}
                  canEdit={!isBusy}
                  onEditing={(isEditing) => setEditing(isEditing ? exchange.question!.id : undefined)}
                  onEdit={(text) => {
                    setEditing(undefined);
                    edit(exchange.question!, text);
                  }}
                />
              )}
              {exchange.answers.map((one) => (
                <Reply
                  key={one.id}
                  conversation={id}
                  message={one}
                  evidence={evidence.get(one.id) ?? NO_EVIDENCE}
                  isLast={one === last}
                  isBusy={isBusy}
                  isBroken={!isStored(one) && !one.metadata?.usage}
                  onOpen={onOpen}
                  onAgain={onAgain}
                  onAskOtherwise={onAskOtherwise}
                  decide={decide}
                />
              ))}
              {isLast && isBusy && !(answer && textOf(answer)) && <p className="waiting">{words.chat.thinking}</p>}
              {isLast && error && <ProblemView error={error} onRetry={() => void thread.retry()} />}
            </section>
          );
        })}
      </div>
      {isAway && (
        <button
          type="button"
          className="to-end icon"
          aria-label={words.chat.toEnd}
          title={words.chat.toEnd}
          onClick={() => scroller.current?.scrollTo({ top: scroller.current.scrollHeight })}
        >
          <DownIcon />
        </button>
      )}
      <div className="hidden" aria-live="polite" aria-relevant="additions">
        {spoken.map((sentences, index) => (
          <p key={index}>{sentences}</p>
        ))}
      </div>
      <Composer
        key={id}
        ref={composer}
        id={id}
        isBusy={isBusy}
        choices={choices}
        onStop={() => void stop()}
        onSend={ask}
        onEditLast={() => question && setEditing(question.id)}
      />
    </div>
  );
}

const ABOVE = 8; // pixels over the question that was asked now
const NEAR = 48; // pixels from the end

/** Whether the end of what was said is below what is seen. */
function useIsAway(scroller: React.RefObject<HTMLDivElement | null>, messages: Message[]): boolean {
  const [isAway, setIsAway] = useState(false);
  useEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const look = () => {
      const end = box.querySelector(".exchange:last-of-type > :last-child")?.getBoundingClientRect().bottom ?? 0;
      setIsAway(end > box.getBoundingClientRect().bottom + NEAR);
    };
    look();
    box.addEventListener("scroll", look, { passive: true });
    addEventListener("resize", look);
    return () => {
      box.removeEventListener("scroll", look);
      removeEventListener("resize", look);
    };
  }, [scroller, messages]);
  return isAway;
}
