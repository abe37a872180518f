import { fileURLToPath } from "node:url";

import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The application is served beside the page. While one works on the page, `OUTCROP_URL` is where it is.
const application = process.env.OUTCROP_URL ?? "http://127.0.0.1:8000";
const routes = ["/config.json", "/chat", "/confirmations", "/conversations", "/documents", "/models", "/search", "/usage", "/playground", "/inside"];

// For browsers it decodes "&amp;" by an element's innerHTML, which the page's policy forbids; elsewhere by a list.
const entities = fileURLToPath(new URL("node_modules/decode-named-character-reference/index.js", import.meta.url));

// Its files are named relative to the page, which API Gateway serves below the name of a stage.
export default defineConfig({
  base: "./",
  plugins: [react()],
  resolve: { alias: { "decode-named-character-reference": entities } },
  build: { target: "es2023", sourcemap: false, assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 1000 },
  server: { proxy: Object.fromEntries(routes.map((route) => [route, application])) },
});
