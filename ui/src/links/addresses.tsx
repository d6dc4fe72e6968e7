// The addresses a link definition makes, to be copied: its short link, and those for other newsletter systems.
import { ActionIcon, CopyButton, Select, Stack, Textarea, TextInput, Tooltip } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import type { LinkDefinition } from "@/api/types";
import { Failure } from "@/parts/failure";
import { LoadingLines } from "@/parts/loading";
import { Card } from "@/parts/page";
import { placedQuery } from "./queries";
import { withoutQuery } from "./values";

const systems = ["mailchimp", "brevo", "cleverreach", "activecampaign", "regulars", "other"] as const;
const OTHER_AT_FIRST = "%TOKEN%";
const DEBOUNCE_MS = 300;

export function ShortLink({ link }: { link: LinkDefinition }) {
  const t = useTranslations("links");
  const { data, error, refetch } = useQuery(placedQuery(link, { system: "regulars" }));
  return (
    <Card title={t("shortLink")} hint={t("shortLinkHint")}>
      {error && !data && <Failure error={error} retry={refetch} />}
      {!error && !data && <LoadingLines lines={1} />}
      {data && <Copied label={t("shortLink")} isNamed value={withoutQuery(data.url)} />}
    </Card>
  );
}

export function Elsewhere({ link }: { link: LinkDefinition }) {
  const t = useTranslations("links");
  const [system, setSystem] = useState<string>("mailchimp");
  const [spelled, setSpelled] = useState(OTHER_AT_FIRST);
  const [placeholder] = useDebouncedValue(spelled.trim(), DEBOUNCE_MS);
  const asked = system === "other" ? { placeholder: placeholder || OTHER_AT_FIRST } : { system };
  const { data, error, refetch } = useQuery({ ...placedQuery(link, asked), placeholderData: keepPreviousData });
  return (
    <Card title={t("elsewhere")} hint={t("elsewhereHint")}>
      <Stack gap="sm">
        <Select
          label={t("system")}
          allowDeselect={false}
          value={system}
          onChange={(value) => setSystem(value ?? "mailchimp")}
          data={systems.map((value) => ({ value, label: t(`systems.${value}`) }))}
        />
        {system === "other" && (
          <TextInput
            label={t("placeholder")}
            description={t("placeholderHint")}
            value={spelled}
            onChange={({ currentTarget }) => setSpelled(currentTarget.value)}
          />
        )}
        {error && <Failure error={error} retry={refetch} />}
        {data && (
          <>
            <Copied label={t("url")} description={t("urlHint")} value={data.url} />
            <Copied label={t("landing")} description={t("landingHint")} value={data.landing} />
          </>
        )}
      </Stack>
    </Card>
  );
}

type CopiedProps = {
  label: string;
  description?: string;
  value: string;
  /** The card says already what it is. */
  isNamed?: boolean;
};

function Copied({ label, description, value, isNamed = false }: CopiedProps) {
  const t = useTranslations("links");
  const parts = useTranslations("parts");
  return (
    <CopyButton value={value}>
      {({ copied, copy }) => (
        <Textarea
          readOnly
          autosize
          {...(isNamed ? { "aria-label": label } : { label, description })}
          value={value}
          styles={{ input: { overflowWrap: "anywhere" } }}
          onFocus={({ currentTarget }) => currentTarget.select()}
          rightSection={
            <Tooltip label={parts(copied ? "copied" : "copy")}>
              <ActionIcon variant="subtle" aria-label={t("copyOf", { what: label })} onClick={copy}>
                {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
              </ActionIcon>
            </Tooltip>
          }
        />
      )}
    </CopyButton>
  );
}
