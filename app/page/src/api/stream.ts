// The stream of a turn: asked for, watched part by part, and held to its end.

import { DefaultChatTransport, type HttpChatTransportInitOptions, type UIMessageChunk } from "ai";

import { Problem, send } from "./http";
import type { Message } from "./messages";

/** The application does not answer at all. */
export class Unreachable extends Error {}

/** The stream ended before the answer did. */
export class CutOff extends Error {}

export type Chunk = UIMessageChunk;

/** Asks at `/chat/stream`, shows every part to `see` before anyone else has it, and fails with what the application says: a `Problem`,
 * before or in the stream; `Unreachable`; or `CutOff`, for a stream without its last part is not whole. */
export class TurnTransport extends DefaultChatTransport<Message> {
  private readonly see: (chunk: Chunk) => void;

  constructor(options: HttpChatTransportInitOptions<Message>, see: (chunk: Chunk) => void) {
    super({ api: "/chat/stream", fetch: asked, ...options });
    this.see = see;
  }

  protected override processResponseStream(stream: ReadableStream<Uint8Array<ArrayBufferLike>>): ReadableStream<Chunk> {
    const chunks = super.processResponseStream(stream).getReader();
    let isWhole = false;
    let problem: Problem | undefined;
    return new ReadableStream<Chunk>({
      pull: async (controller) => {
        const { done, value } = await chunks.read().catch((error: unknown) => {
          throw error instanceof Error && error.name === "AbortError" ? error : new CutOff();
        });
        if (done) {
          if (!isWhole) throw new CutOff();
          return controller.close();
        }
        if (value.type === "data-error") problem = Problem.of((value as { data: unknown }).data, 0);
        if (value.type === "error") throw problem ?? new Problem(value.errorText, "", 0);
        isWhole ||= value.type === "finish" || value.type === "abort";
        this.see(value);
        controller.enqueue(value);
      },
      cancel: (reason) => chunks.cancel(reason),
    });
  }
}

async function asked(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const response = await send(String(input), init).catch((error: unknown) => {
    throw error instanceof TypeError ? new Unreachable() : error;
  });
  if (!response.ok) throw await Problem.from(response);
  return response;
}
