// What a kind of builder is called; one that only this instance knows goes by its own name.
import { useTranslations } from "use-intl";

export function useKindName(): (kind: string) => string {
  const t = useTranslations("builders.kinds");
  return (kind) => (t.has(kind as never) ? t(kind as never) : kind);
}
