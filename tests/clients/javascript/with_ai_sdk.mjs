// Vercel's AI SDK: its provider for Bedrock, and what useChat reads of the application's stream.

import assert from "node:assert/strict";
import { createAmazonBedrock } from "@ai-sdk/amazon-bedrock";
import {
  AbstractChat, DefaultChatTransport, Output, embedMany, generateText,
  lastAssistantMessageIsCompleteWithApprovalResponses, readUIMessageStream, stepCountIs, streamText,
  tool,
} from "ai";
import { z } from "zod";
import {
  ANSWER, APPLICATION, CLAUDE, DIMENSIONS, MARIA, NOVA, PERSON, PROMPT, QUESTION, REPORT, TITAN,
  WEATHER, run, streamed,
} from "./checks.mjs";

const bedrock = createAmazonBedrock({ baseURL: process.env.AWS_ENDPOINT_URL });
const person = z.object({
  name: z.string().describe("The person's full name"),
  age: z.number().int().describe("The person's age in years"),
});


// What useChat is without React: its own class, over a state that is a plain object.
class Chat extends AbstractChat {
  constructor() {
    const state = {
      status: "ready", error: undefined, messages: [],
      pushMessage: (message) => { state.messages = [...state.messages, message]; },
      popMessage: () => { state.messages = state.messages.slice(0, -1); },
      replaceMessage: (index, message) => {
        state.messages = state.messages.with(index, structuredClone(message));
      },
      snapshot: (value) => structuredClone(value),
    };
    const requests = [];
    super({
      id: crypto.randomUUID(),
      state,
      transport: new DefaultChatTransport({
        api: `${APPLICATION}/chat/stream`,
        body: { mode: "agent" },
        fetch: (...request) => { requests.push(request); return fetch(...request); },
      }),
      sendAutomaticallyWhen: lastAssistantMessageIsCompleteWithApprovalResponses,
      onError: (error) => { throw error; },
    });
    this.requests = requests;
  }

  get tools() {
    return this.lastMessage.parts.filter((part) => part.type === "dynamic-tool");
  }

  get said() {
    return this.lastMessage.parts.map((part) => part.text ?? "").join("");
  }

  async decide(approved) {
    const waiting = this.tools.find((part) => part.state === "approval-requested");
    assert.ok(waiting, "a call waits");
    await this.addToolApprovalResponse({ id: waiting.approval.id, approved });
    while (this.requests.length < 2 || this.status !== "ready") {
      assert.equal(this.error, undefined);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.equal(this.requests.length, 2, "a decision is sent once");
    assert.equal(this.messages.length, 2, "the agent's message goes on");
    assert.equal(this.tools.length, 1, "its part gets the outcome");
    return this.tools[0];
  }
}

await run({
  chat: async () => {
    const { text, usage } = await generateText({ model: bedrock(NOVA), prompt: PROMPT });
    assert.match(text, ANSWER);
    assert.ok(usage.outputTokens > 0);
  },
  stream: async () => {
    const pieces = [];
    for await (const piece of streamText({ model: bedrock(NOVA), prompt: PROMPT }).textStream)
      pieces.push(piece);
    streamed(pieces);
  },
  tools: async () => {
    const cities = [];
    const get_weather = tool({
      description: "The weather in a city.",
      inputSchema: z.object({ city: z.string().describe("The city") }),
      execute: async ({ city }) => {
        cities.push(city);
        return REPORT;
      },
    });
    const { text } = await generateText({
      model: bedrock(CLAUDE), prompt: WEATHER, tools: { get_weather }, stopWhen: stepCountIs(3),
    });
    assert.deepEqual(cities, ["Paris"]);
    assert.match(text, /18/);
  },
  structured_output: async () => {
    const { output } = await generateText({
      model: bedrock(CLAUDE), prompt: PERSON, output: Output.object({ schema: person }),
    });
    assert.deepEqual(output, MARIA);
  },
  embeddings: async () => {
    const { embeddings } = await embedMany({
      model: bedrock.textEmbeddingModel(TITAN), values: ["a", "b"],
    });
    assert.deepEqual(embeddings.map((one) => one.length), [DIMENSIONS, DIMENSIONS]);
  },
  useChat_reads_the_application: async () => {
    const transport = new DefaultChatTransport({ api: `${APPLICATION}/chat/stream` });
    const question = { id: "1", role: "user", parts: [{ type: "text", text: QUESTION }] };
    const stream = await transport.sendMessages({
      trigger: "submit-message", chatId: crypto.randomUUID(), messageId: undefined,
      messages: [question], abortSignal: undefined,
    });
    let last;
    for await (const message of readUIMessageStream({ stream, terminateOnError: true }))
      last = message;
    const text = last.parts.filter((part) => part.type === "text").map((part) => part.text).join("");
    assert.match(text, ANSWER);
    assert.ok(last.parts.some((part) => part.type === "source-document"), "a source is cited");
  },
  useChat_reads_an_agents_calls: async () => {
    const chat = new Chat();
    await chat.sendMessage({ text: "What is the status of my order A-1042?" });
    const [part] = chat.tools;
    assert.deepEqual(
      [part.toolName, part.state, part.input],
      ["order_status", "output-available", { order_id: "A-1042" }],
    );
    assert.equal(JSON.parse(part.output).status, "shipped");
    assert.match(chat.said, /shipped/);
  },
  useChat_denies_a_call: async () => {
    const chat = new Chat();
    await chat.sendMessage({ text: "Please cancel my order A-1047." });
    const part = await chat.decide(false);
    assert.deepEqual([part.state, part.approval.approved], ["output-error", false]);
    assert.match(part.errorText, /not made/);
  },
  useChat_approves_a_call: async () => {
    const chat = new Chat();
    await chat.sendMessage({ text: "Please cancel my order A-1047." });
    const part = await chat.decide(true);
    assert.equal(part.state, "output-available");
    assert.equal(JSON.parse(part.output).status, "cancelled");
    assert.match(chat.said, /cancelled/);
  },
});
