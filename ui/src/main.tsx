// Starts the admin web app: the words of the chosen language first, then the pages.
import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "@mantine/spotlight/styles.css";
import "./app.css";
import { createRoot } from "react-dom/client";
import { whenRefused } from "./api/client";
import { App } from "./app";
import { inLanguage } from "./refusals";
import { chosenLocale } from "./words";
import { spokenLocale, withWords, wordsSoFar } from "./words/slices";

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no element to draw into");

whenRefused((error) => inLanguage(error, spokenLocale()));
withWords(async () => createRoot(root)).then((tree) =>
  tree.render(<App locale={chosenLocale()} words={wordsSoFar()} />),
);
