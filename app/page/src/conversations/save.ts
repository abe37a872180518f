// Saves a conversation as a file of the reader's.

import { thread } from "../api/history";
import { markdownOf } from "./markdown";

export async function save(id: string, form: "md" | "json") {
  const conversation = await thread(id);
  const text = form === "md" ? markdownOf(conversation) : `${JSON.stringify(conversation, null, 2)}\n`;
  const url = URL.createObjectURL(new Blob([text], { type: form === "md" ? "text/markdown" : "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${fileName(conversation.title) || id}.${form}`;
  link.click();
  URL.revokeObjectURL(url);
}

/** A title as the name of a file on any system: without signs that one of them reads as something else, or that are not seen. */
export const fileName = (title: string) =>
  title
    .replace(/[\p{Cc}\p{Cf}\\/:*?"<>|]+/gu, " ")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, 80)
    .replace(/^[. ]+|[. ]+$/g, "");
