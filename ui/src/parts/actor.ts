// Who did something: people and keys by their names, everybody else in the reader's language.
import { useTranslations } from "use-intl";

/** As it was kept with what was done; nothing where nobody was noted. */
type Kept = { kind?: string; name?: string } | null | undefined;

export function useActorName(): (actor: Kept) => string {
  const t = useTranslations("parts.actors");
  return (actor) => {
    const kind = actor?.kind ?? "";
    return t.has(kind as never) ? t(kind as never) : (actor?.name ?? kind);
  };
}
