// Documents: the list, deletion, and uploads by the form that the application offers.

import { all, call, Problem } from "./http";

export interface Document {
  id: string;
  name: string;
  size: number | null;
  status: string;
  reason: string | null;
  warnings: string[];
}

export const documents = () => all<Document>("/documents");
export const deleteDocument = (id: string) => call<Document>("DELETE", `/documents/${id}`);

/** Uploads one file by the form that the application offers; returns the document's id. */
export async function upload(name: string, file: File, onProgress: (share: number) => void): Promise<string> {
  const form = await call<{ id: string; url: string; fields: Record<string, string> }>("POST", "/documents", { name });
  const data = new FormData();
  for (const [field, value] of Object.entries(form.fields)) data.append(field, value);
  data.append("file", file);
  await new Promise<void>((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.url);
    request.upload.onprogress = (event) => onProgress(event.total ? event.loaded / event.total : 0);
    request.onload = () =>
      request.status < 300
        ? resolve()
        : reject(new Problem("The upload was refused", request.responseXML?.querySelector("Message")?.textContent ?? "", request.status));
    request.onerror = () => reject(new Problem("The upload broke off", "", 0));
    request.send(data);
  });
  return form.id;
}
