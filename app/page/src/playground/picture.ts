// A picture that a model is shown: made small enough for a body, whose limit is 64 KB.

import type { Picture } from "../api/playground";

const MOST = 40_000; // bytes of the file; in base64 a third more, and the rest of the body has room
const SIDES = [1280, 960, 720, 512, 384, 256];
const QUALITIES = [0.85, 0.65, 0.45];
const FORMATS: Record<string, Picture["format"]> = { "image/png": "png", "image/jpeg": "jpeg", "image/gif": "gif", "image/webp": "webp" };

export interface Shown {
  picture: Picture;
  bitmap: ImageBitmap;
  name: string;
  isSmaller: boolean;
}

/** Reads a file; fails if it is no picture that a browser knows. */
export async function read(file: File): Promise<Shown> {
  const bitmap = await createImageBitmap(file);
  const format = FORMATS[file.type];
  if (format && file.size <= MOST) return { picture: await pictureOf(file, format), bitmap, name: file.name, isSmaller: false };
  for (const side of SIDES)
    for (const quality of QUALITIES) {
      const blob = await drawn(bitmap, side, quality);
      if (blob.size <= MOST) return { picture: await pictureOf(blob, "jpeg"), bitmap, name: file.name, isSmaller: true };
    }
  throw new Error(file.name);
}

async function drawn(bitmap: ImageBitmap, side: number, quality: number): Promise<Blob> {
  const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(bitmap.width * scale)), Math.max(1, Math.round(bitmap.height * scale)));
  const context = canvas.getContext("2d")!;
  context.fillStyle = "#fff"; // JPEG knows nothing that shines through
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas.convertToBlob({ type: "image/jpeg", quality });
}

async function pictureOf(blob: Blob, format: Picture["format"]): Promise<Picture> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return { format, source: { bytes: btoa(text) } };
}
