// How the admin web app is built and served while developing; the API is proxied to a running server.
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const server = process.env.REGULARS_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  base: "/admin/",
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: { host: "127.0.0.1", proxy: { "/api": server } },
  // An inlined asset would be a data: address, which the content security policy allows for pictures only.
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        // What many pages share comes in a few files instead of one for each widget.
        codeSplitting: {
          groups: [
            { name: "widgets", test: /node_modules/, minShareCount: 16 },
            { name: "parts", test: /src\/(parts|conditions)\//, minShareCount: 20 },
          ],
        },
      },
    },
  },
  test: { include: ["src/**/*.test.ts", "src/**/*.test.tsx"] },
});
