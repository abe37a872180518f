// Anthropic's SDK for Bedrock.

import assert from "node:assert/strict";
import AnthropicBedrock from "@anthropic-ai/bedrock-sdk";
import { ANSWER, CLAUDE, PROMPT, WEATHER, run, streamed } from "./checks.mjs";

const client = new AnthropicBedrock({
  baseURL: process.env.ANTHROPIC_BEDROCK_BASE_URL, awsRegion: process.env.AWS_REGION,
});
const TOOL = {
  name: "get_weather",
  description: "The weather in a city.",
  input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};
const ask = (content, more = {}) => ({
  model: CLAUDE, max_tokens: 300, messages: [{ role: "user", content }], ...more,
});

await run({
  chat: async () => assert.match((await client.messages.create(ask(PROMPT))).content[0].text, ANSWER),
  stream: async () => {
    const pieces = [];
    for await (const event of await client.messages.create(ask(PROMPT, { stream: true })))
      if (event.type === "content_block_delta") pieces.push(event.delta.text);
    streamed(pieces);
  },
  tools: async () => {
    const reply = await client.messages.create(ask(WEATHER, { tools: [TOOL] }));
    assert.deepEqual(reply.content.find((block) => block.type === "tool_use").input, { city: "Paris" });
  },
});
