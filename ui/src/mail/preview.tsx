// The saved template as one customer would receive it. The mail is shown in a sandbox: nothing in it runs or loads.
import { Box, SegmentedControl, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import type { RenderedMail, Template } from "@/api/types";
import { CustomerChoice } from "@/customers/choice";
import { Failure } from "@/parts/failure";
import { LoadingLines } from "@/parts/loading";
import { Card } from "@/parts/page";
import { renderedQuery } from "./queries";

export function Preview({ template }: { template: Template }) {
  const t = useTranslations("mail");
  const [customer, setCustomer] = useState<number | null>(null);
  const { data, error, isLoading, refetch } = useQuery(
    renderedQuery(template, { customerId: customer, language: null }),
  );
  return (
    <Card title={t("preview")} hint={t("previewHint")}>
      <Stack gap="sm">
        <CustomerChoice label={t("previewAs")} value={customer} onChange={setCustomer} startWithFirst />
        {error && <Failure error={error} retry={refetch} />}
        {isLoading && <LoadingLines lines={6} />}
        {data && <Rendered mail={data} />}
      </Stack>
    </Card>
  );
}

function Rendered({ mail }: { mail: RenderedMail }) {
  const t = useTranslations("mail");
  const [form, setForm] = useState("html");
  return (
    <Stack gap="xs">
      <SegmentedControl
        size="xs"
        aria-label={t("form")}
        value={form}
        onChange={setForm}
        data={[
          { value: "html", label: t("html") },
          { value: "text", label: t("text") },
        ]}
      />
      <Box style={{ border: "1px solid var(--regulars-line)", borderRadius: 8, overflow: "hidden" }}>
        <Text size="sm" fw={600} p="sm" style={{ borderBottom: "1px solid var(--regulars-line)" }}>
          {mail.subject}
        </Text>
        {form === "html" ? (
          <iframe
            title={t("preview")}
            sandbox=""
            srcDoc={mail.html}
            style={{
              display: "block",
              width: "100%",
              height: 460,
              border: 0,
              background: "#ffffff",
              colorScheme: "light",
            }}
          />
        ) : (
          <Text component="pre" size="sm" p="sm" m={0} style={{ whiteSpace: "pre-wrap", minHeight: 460 }}>
            {mail.text}
          </Text>
        )}
      </Box>
    </Stack>
  );
}
