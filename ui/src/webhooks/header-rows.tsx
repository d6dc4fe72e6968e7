// The extra headers of a webhook, one row each.
import { Group, Text, TextInput } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { Draft } from "@/parts/draft";
import { headed } from "@/parts/headed";
import { RowList } from "@/parts/row-list";
import { useMay } from "@/shell/session";
import { type HeaderRow, isTwice, type WebhookValues } from "./values";

const HEADERS_MAX = 20;
const fresh = (): HeaderRow => ({ name: "", value: "" });

export function HeaderRows({ draft }: { draft: Draft<WebhookValues> }) {
  const t = useTranslations("webhooks");
  const parts = useTranslations("parts");
  const may = useMay();
  const { headers } = draft.values;
  if (headers.length === 0 && !may("webhooks:write")) {
    return (
      <Text size="sm" c="dimmed">
        {parts("none")}
      </Text>
    );
  }
  return (
    <RowList
      rows={headers}
      onChange={(rows) => draft.set("/headers", rows)}
      fresh={fresh}
      row={(place) => <HeaderInputs draft={draft} place={place} />}
      problem={draft.problem("/headers")}
      headed
      max={HEADERS_MAX}
      labels={{
        add: t("addHeader"),
        remove: (number) => t("removeHeader", { name: headers[number - 1]?.name || String(number) }),
      }}
    />
  );
}

function HeaderInputs({ draft, place }: { draft: Draft<WebhookValues>; place: number }) {
  const t = useTranslations("webhooks");
  const { error, ...name } = draft.text(`/headers/${place}/name`);
  const twice = isTwice(draft.values.headers, place) ? t("headerTwice") : undefined;
  return (
    <Group gap={6} wrap="nowrap" align="flex-start">
      <TextInput
        flex={2}
        size="xs"
        autoComplete="off"
        spellCheck={false}
        {...headed(place, t("header"))}
        {...name}
        error={twice ?? error}
      />
      <TextInput
        flex={3}
        size="xs"
        autoComplete="off"
        spellCheck={false}
        {...headed(place, t("value"))}
        {...draft.text(`/headers/${place}/value`)}
      />
    </Group>
  );
}
