// The newsletter lists that memberships are sent to, of a segment or of all segments of a group.
import { TagsInput } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { Draft } from "@/parts/draft";

export function NewsletterLists<T>({ draft, pointer }: { draft: Draft<T>; pointer: string }) {
  const t = useTranslations("segments");
  return (
    <TagsInput
      label={t("newsletters")}
      description={t("newslettersHint")}
      splitChars={[",", ";"]}
      acceptValueOnBlur
      {...draft.input<string[]>(pointer)}
    />
  );
}
