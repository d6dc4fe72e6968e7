// Starts the admin web app: the words of the chosen language first, then the pages.
import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "@mantine/spotlight/styles.css";
import "./app.css";
import { createRoot } from "react-dom/client";
import { App } from "./app";
import { chosenLocale } from "./words";
import { withWords, wordsSoFar } from "./words/slices";

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no element to draw into");

withWords(async () => createRoot(root)).then((tree) =>
  tree.render(<App locale={chosenLocale()} words={wordsSoFar()} />),
);
