// The inputs of a webhook.
import { SimpleGrid, Stack, Switch, Textarea, TextInput } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { Draft } from "@/parts/draft";
import { NumberInput } from "@/parts/number-input";
import { Card } from "@/parts/page";
import { useMay } from "@/shell/session";
import { HeaderRows } from "./header-rows";
import type { WebhookValues } from "./values";

const TIMEOUT_MAX = 30;

export function WebhookEditor({ draft }: { draft: Draft<WebhookValues> }) {
  const t = useTranslations("webhooks");
  const may = useMay();
  return (
    <Stack gap="md">
      <Card title={t("endpoint")}>
        <Stack gap="sm">
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
            <TextInput label={t("name")} required {...draft.text("/name")} />
            <NumberInput
              label={t("timeout")}
              description={t("timeoutHint")}
              inputWrapperOrder={["label", "input", "description", "error"]}
              allowDecimal={false}
              min={1}
              max={TIMEOUT_MAX}
              clampBehavior="none"
              {...draft.input<number | string>("/timeoutS")}
            />
          </SimpleGrid>
          <TextInput
            label={t("url")}
            description={t("urlHint")}
            inputWrapperOrder={["label", "input", "description", "error"]}
            placeholder="https://"
            type="url"
            required
            {...draft.text("/url")}
          />
          <Textarea label={t("description")} autosize minRows={2} maxRows={8} {...draft.text("/description")} />
          <Switch label={t("active")} description={t("activeHint")} {...draft.check("/active")} />
        </Stack>
      </Card>
      <Card title={t("headers")} hint={t(may("webhooks:write") ? "headersHint" : "headersHidden")}>
        <HeaderRows draft={draft} />
      </Card>
    </Stack>
  );
}
