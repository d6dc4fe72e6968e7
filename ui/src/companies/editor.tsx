// The inputs of a company.
import { SimpleGrid, TextInput } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { Company } from "@/api/types";
import type { Draft } from "@/parts/draft";
import { Card } from "@/parts/page";

export type CompanyValues = { name: string; vatId: string | null };

export function valuesOf({ name, vatId }: Company): CompanyValues {
  return { name, vatId };
}

/** An emptied number is none. */
export function bodyOf({ name, vatId }: CompanyValues): CompanyValues {
  return { name, vatId: vatId || null };
}

export function CompanyEditor({ draft }: { draft: Draft<CompanyValues> }) {
  const t = useTranslations("companies");
  return (
    <Card>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        <TextInput label={t("name")} required {...draft.text("/name")} />
        <TextInput label={t("vatId")} {...draft.text("/vatId")} />
      </SimpleGrid>
    </Card>
  );
}
