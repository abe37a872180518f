// The state of one conversation: its messages by useChat, and beside each answer what it was answered from.

import { useChat } from "@ai-sdk/react";
import { lastAssistantMessageIsCompleteWithApprovalResponses } from "ai";
import { useCallback, useMemo, useRef, useState } from "react";

import * as api from "../api/conversations";
import { type Evidence, evidenceOf, NO_EVIDENCE, withPart } from "../api/evidence";
import { bare, exchangesOf, hasDecision, isStored, type Message, textOf } from "../api/messages";
import { type Chunk, CutOff, TurnTransport } from "../api/stream";

const FRAME = 40; // milliseconds between two renderings of an answer that is being written

export type Evidences = ReadonlyMap<string, Evidence>;

/** What each question is sent with, beside its words. */
export type Choices = Record<string, unknown>;

export function useThread(id: string, stored: Message[], choices: Choices, onTurn: () => void) {
  const [evidence, setEvidence] = useState<Evidences>(() => new Map(stored.map((message) => [message.id, evidenceOf(message)])));
  const current = useRef({ answer: "", begin: 0, asked: 0, choices, messages: stored, replaces: undefined as string | undefined });
  current.current.choices = choices;

  const see = useCallback((chunk: Chunk) => {
    const turn = current.current;
    const now = performance.now();
    if (chunk.type === "start") {
      turn.answer = chunk.messageId ?? "";
      // After a decision on a call the agent's own message goes on.
      const before = turn.messages.find((message) => message.id === turn.answer);
      turn.begin = before ? textOf(before).length : 0;
    }
    setEvidence((all) => {
      const before = all.get(turn.answer) ?? NO_EVIDENCE;
      let after = withPart(before, chunk, turn.begin);
      const clock = { asked: turn.asked, ...after.clock };
      if (chunk.type === "start") clock.started ??= now;
      else if (chunk.type === "data-retrieval") clock.found ??= now;
      else if (chunk.type === "text-delta") clock.first ??= now;
      else if (chunk.type === "finish") clock.whole = now;
      else if (after === before) return all;
      if (JSON.stringify(clock) !== JSON.stringify(before.clock)) after = { ...after, clock };
      return after === before ? all : new Map(all).set(turn.answer, after);
    });
  }, []);

  const transport = useMemo(
    () =>
      new TurnTransport(
        {
          // The application has the conversation: only what is new is sent.
          prepareSendMessagesRequest: ({ messages, trigger }) => {
            const turn = current.current;
            const messageId = turn.replaces;
            turn.replaces = undefined;
            turn.asked = performance.now();
            return { body: { id, messages: messages.slice(-1).map(bare), trigger, ...(messageId && { messageId }), ...turn.choices } };
          },
        },
        see,
      ),
    [id, see],
  );
  const chat = useChat<Message>({
    id,
    messages: stored,
    transport,
    experimental_throttle: FRAME,
    sendAutomaticallyWhen: lastAssistantMessageIsCompleteWithApprovalResponses,
    onFinish: ({ isError, isAbort }) => {
      if (!isError && !isAbort) onTurn();
    },
  });
  const { messages, status, error, sendMessage, setMessages, stop, regenerate, addToolApprovalResponse } = chat;
  current.current.messages = messages;
  const isBusy = status === "submitted" || status === "streaming";

  return {
    messages,
    status,
    error,
    isBusy,
    evidence,
    stop,
    ask: (text: string) => void sendMessage({ text }),
    /** Asks the question in other words. What came after it goes. */
    edit: (question: Message, text: string) => {
      const after = exchangesOf(messages.slice(messages.indexOf(question)));
      current.current.replaces = after.find(({ answers }) => answers.some(isStored))?.question?.id;
      void sendMessage({ text, messageId: question.id });
    },
    /** Asks for another answer in place of this one. What came after it goes. */
    again: (answer: Message) => {
      current.current.replaces = messages.slice(messages.indexOf(answer)).find(isStored)?.id;
      void regenerate({ messageId: answer.id });
    },
    decide: (confirmation: string, isConfirmed: boolean) => void addToolApprovalResponse({ id: confirmation, approved: isConfirmed }),
    /** After a failure: the turn again, unless it was stored after all. */
    retry: async () => {
      const last = messages.at(-1);
      if (last?.role === "assistant" && hasDecision(last)) return sendMessage();
      if (error instanceof CutOff) {
        const whole = await api.conversation(id).catch(() => undefined);
        if (whole && whole.messages.length >= messages.length && isStored(whole.messages.at(-1))) {
          setEvidence((all) => new Map([...all, ...whole.messages.map((one) => [one.id, evidenceOf(one)] as const)]));
          chat.clearError();
          return setMessages(whole.messages);
        }
      }
      return regenerate();
    },
  };
}
