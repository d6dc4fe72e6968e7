// Makes the type checker know every key of the words.
import type { Words } from "./en";

declare module "use-intl" {
  interface AppConfig {
    /** With the region, see regionOf. */
    Locale: string;
    Messages: Words;
  }
}
