// What the AI SDK's own code makes of the application: reads a stream, and stored messages.
//   node protocol.mjs URL BODY  ->  {"streamed": the message, "stored": the messages, "resumed": null}
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(new URL("../../app/page/package.json", import.meta.url));
const { DefaultChatTransport, readUIMessageStream, validateUIMessages } = await import(pathToFileURL(require.resolve("ai")).href);

const [url, written] = process.argv.slice(2);
const { id, messages, ...body } = JSON.parse(written);
const transport = new DefaultChatTransport({ api: `${url}/chat/stream`, body });
const stream = await transport.sendMessages({ chatId: id, messages, trigger: "submit-message", messageId: undefined });
let streamed;
for await (const message of readUIMessageStream({ stream })) streamed = message;
const response = await fetch(`${url}/conversations/${id}/messages`);
const stored = await validateUIMessages({ messages: (await response.json()).messages });
const resumed = await transport.reconnectToStream({ chatId: id });
console.log(JSON.stringify({ streamed, stored, resumed }));
