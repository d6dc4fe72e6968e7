// How the admin web app is built and served while developing; the API is proxied to a running server.
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { weight } from "./src/weight";
import { broughtWords, readTexts } from "./src/words/build";

const server = process.env.REGULARS_URL ?? "http://127.0.0.1:8080";

// Unit tests read words as they are written.
const isTest = process.env.VITEST !== undefined;
const words = isTest ? [] : [broughtWords(), readTexts()];
const format = { find: /^use-intl\/format-message$/, replacement: "use-intl/format-message/format-only" };

/** Used by many pages, but not by those that are the heaviest without them. */
const APART = /react-virtual|virtual-core|react-remove-scroll|use-sidecar|\/Modal/;

export default defineConfig({
  base: "/admin/",
  plugins: [...words, react(), weight()],
  resolve: {
    alias: [{ find: "@", replacement: fileURLToPath(new URL("./src", import.meta.url)) }, ...(isTest ? [] : [format])],
  },
  server: { host: "127.0.0.1", proxy: { "/api": server } },
  // An inlined asset would be a data: address, which the content security policy allows for pictures only.
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        // Words of both languages come from files of the same names.
        chunkFileNames: ({ facadeModuleId }) => {
          const [, locale] = /\/words\/(en|de)\//.exec(facadeModuleId ?? "") ?? [];
          return locale ? `assets/${locale}-[name]-[hash].js` : "assets/[name]-[hash].js";
        },
        // What many pages share comes in a few files instead of one for each widget. What is large and not on every page is apart.
        codeSplitting: {
          groups: [
            { name: "frame", tags: ["$initial"], test: /node_modules|\/src\//, priority: 4 },
            {
              name: "widgets",
              test: (id) => /node_modules/.test(id) && !APART.test(id),
              minShareCount: 20,
              priority: 3,
            },
            {
              name: "dialogs",
              test: /node_modules\/(react-remove-scroll|use-sidecar|@mantine\/core\/.*\/Modal)/,
              priority: 2,
            },
            {
              name: "parts",
              test: /src\/(parts|conditions)\/(?!rows|confirm|save-bar)/,
              minShareCount: 20,
              priority: 1,
            },
          ],
        },
      },
    },
  },
  test: { include: ["src/**/*.test.ts", "src/**/*.test.tsx"] },
});
