// One customer: who they are, what they did, where they belong and why, and what is coming.
import { Badge, Box, Grid, Group, Stack, Tabs, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { remove } from "@/api/client";
import type { Customer } from "@/api/types";
import { CompanyLink } from "@/companies/link";
import { ConfirmButton } from "@/parts/confirm";
import { later } from "@/parts/later";
import { LinkButton } from "@/parts/link-button";
import { Loading } from "@/parts/loading";
import { PageFailure } from "@/parts/not-found";
import { Page } from "@/parts/page";
import { useToasts } from "@/parts/toasts";
import { useUnhurried } from "@/parts/unhurried";
import { When } from "@/parts/when";
import { customerTabs } from "@/searches";
import { useMay } from "@/shell/session";
import { Subscriptions } from "@/subscriptions/card";
import { useLanguage } from "@/words/language";
import { Identities } from "./identities";
import { customerName } from "./name";
import { countryName } from "./places";
import { customerQuery, customersPath } from "./queries";
import { TimelineTab } from "./timeline-tab";
import { Upcoming } from "./upcoming";

// One tab is looked at, mostly the first.
const ConsentsTab = later(() => import("@/consents/tab"), "ConsentsTab");
const DuplicatesTab = later(() => import("@/duplicates/customer-tab"), "DuplicatesTab");
const AttributesTab = later(() => import("./attributes-tab"), "AttributesTab");
const NotesTab = later(() => import("./notes-tab"), "NotesTab");
const SegmentsTab = later(() => import("./segments-tab"), "SegmentsTab");
const VersionsTab = later(() => import("./versions-tab"), "VersionsTab");
const WhyDrawer = later(() => import("./why-drawer"), "WhyDrawer", null);

const route = getRouteApi("/inside/customers/$id");

export function CustomerPage() {
  const t = useTranslations("customers");
  const { id } = route.useParams();
  const { data: customer, error, refetch } = useQuery(customerQuery(id));
  const isDrawn = useUnhurried(customer);
  if (error && !customer) return <PageFailure error={error} retry={refetch} />;
  if (!customer || !isDrawn) return <Loading />;
  return (
    <Page
      title={<Heading customer={customer} />}
      name={customerName(customer)}
      hint={<Facts customer={customer} />}
      back={{ to: "/customers", label: t("title") }}
      actions={
        <>
          <MergeButton customer={customer} />
          <DeleteButton customer={customer} />
        </>
      }
    >
      <Grid gap="md">
        <Grid.Col span={{ base: 12, lg: 8 }}>
          <CustomerTabs key={customer.id} customer={customer} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <Stack gap="md">
            <Upcoming customer={customer} />
            <Identities customer={customer} />
            <Subscriptions customer={customer} />
          </Stack>
        </Grid.Col>
      </Grid>
      <Why customer={customer} />
    </Page>
  );
}

/** Stays once it was asked for, so that it can close as it opened. */
function Why({ customer }: { customer: Customer }) {
  const { why } = route.useSearch();
  const [wasAsked, setAsked] = useState(false);
  if (why !== undefined && !wasAsked) setAsked(true);
  return wasAsked && <WhyDrawer customer={customer} />;
}

function Heading({ customer }: { customer: Customer }) {
  const t = useTranslations("customers");
  return (
    <Group gap="xs" component="span">
      <span>{customerName(customer)}</span>
      <Badge color={customer.active ? "pine" : "gray"}>{t(customer.active ? "active" : "inactive")}</Badge>
      {!customer.published && <Badge color="gray">{t("unpublished")}</Badge>}
      {customer.email && customer.emailOk === false && <Badge color="orange">{t("emailNotOk")}</Badge>}
      {customer.profilingConsent && <Badge color="blue">{t("consentGiven")}</Badge>}
    </Group>
  );
}

function Facts({ customer }: { customer: Customer }) {
  const t = useTranslations("customers");
  const { locale } = useLanguage();
  const city = [customer.zip, customer.city].filter(Boolean).join(" ");
  const place = [city, countryName(customer.countryCode, locale)].filter(Boolean).join(", ");
  const facts = [customer.email, place, `#${customer.id}`].filter(Boolean);
  return (
    <Text span inherit>
      {customer.companyId !== null && (
        <>
          <CompanyLink id={customer.companyId} /> ·{" "}
        </>
      )}
      {facts.join(" · ")} · {t("since")} <When at={customer.createdAt} exact="day" />
    </Text>
  );
}

function CustomerTabs({ customer }: { customer: Customer }) {
  const t = useTranslations("customers");
  const { tab = "timeline" } = route.useSearch();
  const navigate = route.useNavigate();
  const may = useMay();
  const shown = customerTabs.filter((name) => name !== "duplicates" || may("duplicates:read"));
  const open = (value: string | null) =>
    navigate({ search: { tab: customerTabs.find((candidate) => candidate === value) }, replace: true });
  return (
    <Box className="card">
      <Tabs value={tab} onChange={open} keepMounted={false}>
        <Tabs.List px="xs">
          {shown.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`tabs.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="timeline">
          <TimelineTab customer={customer} />
        </Tabs.Panel>
        <Tabs.Panel value="attributes">
          <AttributesTab customer={customer} />
        </Tabs.Panel>
        <Tabs.Panel value="segments">
          <SegmentsTab customer={customer} />
        </Tabs.Panel>
        <Tabs.Panel value="consents">
          <ConsentsTab customer={customer} />
        </Tabs.Panel>
        <Tabs.Panel value="notes">
          <NotesTab customer={customer} />
        </Tabs.Panel>
        <Tabs.Panel value="duplicates">
          <DuplicatesTab customer={customer} />
        </Tabs.Panel>
        <Tabs.Panel value="versions">
          <VersionsTab customer={customer} />
        </Tabs.Panel>
      </Tabs>
    </Box>
  );
}

function MergeButton({ customer }: { customer: Customer }) {
  const t = useTranslations("customers");
  const may = useMay();
  if (!may("merging:write")) return null;
  return (
    <LinkButton to="/merge" search={{ survivor: customer.id }} variant="default">
      {t("mergeWith")}
    </LinkButton>
  );
}

function DeleteButton({ customer }: { customer: Customer }) {
  const t = useTranslations("customers");
  const parts = useTranslations("parts");
  const toasts = useToasts();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const may = useMay();
  if (!may("customers:delete")) return null;
  const act = async () => {
    await remove(`${customersPath}/${customer.id}`);
    toasts.done(t("deleted", { name: customerName(customer) }));
    await navigate({ to: "/customers", search: {} });
    queries.removeQueries({ queryKey: [customersPath, "one", String(customer.id)] });
    await queries.invalidateQueries({ queryKey: [customersPath] });
  };
  return (
    <ConfirmButton
      label={parts("delete")}
      title={t("deleteTitle", { name: customerName(customer) })}
      text={t("deleteText")}
      verb={t("deleteVerb")}
      act={act}
    />
  );
}
