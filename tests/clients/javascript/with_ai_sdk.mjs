// Vercel's AI SDK: its provider for Bedrock, and what useChat reads of the application's stream.

import assert from "node:assert/strict";
import { createAmazonBedrock } from "@ai-sdk/amazon-bedrock";
import {
  DefaultChatTransport, Output, embedMany, generateText, readUIMessageStream, stepCountIs,
  streamText, tool,
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
});
