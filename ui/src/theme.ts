// Colours, type and spacing of the whole app. Where Mantine's own greys are too pale to read (WCAG AA), they are darkened here, once.
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

const pine: MantineColorsTuple = [
  "#effaf7",
  "#d9f2ec",
  "#b2e4d9",
  "#84d2c3",
  "#56bbaa",
  "#2fa192",
  "#17877a",
  "#0f766e",
  "#0c5f59",
  "#0a4a46",
];

/** Mantine's, but for the last shade, which is the text of light badges and has to be readable on them. */
const orange: MantineColorsTuple = [
  "#fff4e6",
  "#ffe8cc",
  "#ffd8a8",
  "#ffc078",
  "#ffa94d",
  "#ff922b",
  "#fd7e14",
  "#f76707",
  "#c2410c",
  "#9a3412",
];

const ink: MantineColorsTuple = [
  "#e6e9ec",
  "#c9ced4",
  "#aab2ba",
  "#8b949e",
  "#3d454d",
  "#2d343b",
  "#22282e",
  "#1a1f24",
  "#13171b",
  "#0d1013",
];

export const theme = createTheme({
  primaryColor: "pine",
  primaryShade: { light: 7, dark: 7 },
  colors: { pine, orange, dark: ink },
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', 'DejaVu Sans Mono', monospace",
  defaultRadius: "md",
  cursorType: "pointer",
  headings: {
    fontWeight: "650",
    sizes: { h1: { fontSize: "1.5rem" }, h2: { fontSize: "1.0625rem" }, h3: { fontSize: "0.9375rem" } },
  },
  components: {
    Badge: { defaultProps: { variant: "light", radius: "sm", tt: "none", fw: 550 } },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true } },
    Modal: { defaultProps: { centered: true, transitionProps: { duration: 120 } } },
    Drawer: { defaultProps: { position: "right", size: "lg", transitionProps: { duration: 150 } } },
    // A list opens when it is wanted: on a click, an arrow key or typing, not by passing through with the keyboard.
    Select: { defaultProps: { checkIconPosition: "right", comboboxProps: { shadow: "md" }, openOnFocus: false } },
    MultiSelect: { defaultProps: { openOnFocus: false } },
    Autocomplete: { defaultProps: { openOnFocus: false } },
    // A menu whose button is scrolled away stays in sight: hidden it would still hold the keyboard.
    Menu: { defaultProps: { shadow: "md", position: "bottom-end", hideDetached: false } },
  },
});

export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-body": "#ffffff",
    "--mantine-color-text": "#1b2127",
    "--mantine-color-dimmed": "#59636e",
    "--mantine-color-placeholder": "#6b7580",
    "--mantine-color-error": "#c92a2a",
    "--mantine-color-anchor": "#0c5f59",
    "--mantine-color-disabled-color": "#6b7580",
    "--regulars-canvas": "#f6f7f8",
    "--regulars-line": "#e3e6e9",
    "--regulars-hover": "#f3f6f6",
    "--regulars-good": "#0f766e",
    "--regulars-bad": "#c92a2a",
    "--regulars-chart-1": "#0f766e",
    "--regulars-chart-2": "#c2570c",
    "--regulars-chart-3": "#3b6fb6",
    "--regulars-chart-4": "#9b4f96",
    "--regulars-chart-5": "#8a7a12",
    "--regulars-chart-6": "#3aa0a8",
    "--regulars-chart-7": "#b4506a",
    "--regulars-chart-other": "#8a949e",
  },
  dark: {
    "--mantine-color-body": "#1a1f24",
    "--mantine-color-text": "#e1e5e9",
    "--mantine-color-dimmed": "#a3adb7",
    "--mantine-color-placeholder": "#8f9aa5",
    "--mantine-color-error": "#ff8787",
    "--mantine-color-anchor": "#84d2c3",
    "--mantine-color-disabled-color": "#8f9aa5",
    "--mantine-color-pine-light": "rgba(47, 161, 146, 0.18)",
    "--mantine-color-gray-light": "rgba(255, 255, 255, 0.09)",
    "--regulars-canvas": "#13171b",
    "--regulars-line": "#2d343b",
    "--regulars-hover": "#22282e",
    "--regulars-good": "#56bbaa",
    "--regulars-bad": "#ff8787",
    "--regulars-chart-1": "#2fa192",
    "--regulars-chart-2": "#e8853b",
    "--regulars-chart-3": "#6d9fe0",
    "--regulars-chart-4": "#c184bd",
    "--regulars-chart-5": "#c2b145",
    "--regulars-chart-6": "#6fc7cf",
    "--regulars-chart-7": "#dd8299",
    "--regulars-chart-other": "#77828d",
  },
});
