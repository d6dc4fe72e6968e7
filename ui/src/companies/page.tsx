// One company: what is known of it, changed in place.
import { Box, Text } from "@mantine/core";
import { IconUsers } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import type { FormEvent } from "react";
import { useTranslations } from "use-intl";
import { patch, remove } from "@/api/client";
import { mergePatch } from "@/api/merge-patch";
import type { Company, Condition } from "@/api/types";
import { ConfirmButton } from "@/parts/confirm";
import { Editable } from "@/parts/editable";
import { useEdited } from "@/parts/edited";
import { LinkButton } from "@/parts/link-button";
import { Loading } from "@/parts/loading";
import { PageFailure } from "@/parts/not-found";
import { Page } from "@/parts/page";
import { SaveBar } from "@/parts/save-bar";
import { useSaving } from "@/parts/saving";
import { useToasts } from "@/parts/toasts";
import { When } from "@/parts/when";
import { useMay } from "@/shell/session";
import { bodyOf, CompanyEditor, valuesOf } from "./editor";
import { companiesPath, companyQuery } from "./queries";

const route = getRouteApi("/inside/companies/$id");

export function CompanyPage() {
  const t = useTranslations("companies");
  const { id } = route.useParams();
  const { data: company, error, refetch } = useQuery(companyQuery(id));
  if (error && !company) return <PageFailure error={error} retry={refetch} />;
  if (!company) return <Loading />;
  return (
    <Page
      title={company.name}
      hint={
        <Text span inherit>
          #{company.id} · {t("since")} <When at={company.createdAt} exact="day" />
        </Text>
      }
      back={{ to: "/companies", label: t("title") }}
      actions={
        <>
          <LinkButton
            to="/customers"
            search={{ filter: membersOf(company.id) }}
            variant="default"
            leftSection={<IconUsers size={16} />}
          >
            {t("members")}
          </LinkButton>
          <DeleteButton company={company} />
        </>
      }
    >
      <CompanyForm key={company.id} company={company} />
    </Page>
  );
}

function membersOf(id: number): Condition {
  return { all: [{ fact: "company", name: "id", op: "eq", value: id }] };
}

function CompanyForm({ company }: { company: Company }) {
  const t = useTranslations("parts");
  const toasts = useToasts();
  const queries = useQueryClient();
  const may = useMay();
  const { draft, based, startOver } = useEdited(company, valuesOf);
  const saving = useSaving({
    draft,
    version: based.version,
    send: (values, ifVersion) => {
      const changes = mergePatch(valuesOf(based), bodyOf(values));
      return patch<Company>(`${companiesPath}/${company.id}`, changes, { ifVersion });
    },
    saved: async (saved) => {
      startOver(saved);
      toasts.done(t("saved"));
      await queries.invalidateQueries({ queryKey: [companiesPath] });
    },
    reload: async () => startOver(await queries.fetchQuery({ ...companyQuery(company.id), staleTime: 0 })),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    saving.save();
  };
  return (
    <Box component="form" onSubmit={submit} noValidate maw={760}>
      <Editable when={may("customers:write")}>
        <CompanyEditor draft={draft} />
      </Editable>
      <Box mt="md">
        {may("customers:write") && <SaveBar draft={draft} saving={saving} discard={() => startOver(based)} />}
      </Box>
    </Box>
  );
}

function DeleteButton({ company: { id, name } }: { company: Company }) {
  const t = useTranslations("companies");
  const parts = useTranslations("parts");
  const toasts = useToasts();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const may = useMay();
  if (!may("customers:write")) return null;
  const act = async () => {
    await remove(`${companiesPath}/${id}`);
    toasts.done(t("deleted", { name }));
    await navigate({ to: "/companies", search: {} });
    queries.removeQueries({ queryKey: [companiesPath, "one", String(id)] });
    await queries.invalidateQueries({ queryKey: [companiesPath] });
  };
  return (
    <ConfirmButton
      label={parts("delete")}
      title={t("deleteTitle", { name })}
      text={t("deleteText")}
      verb={t("deleteVerb")}
      act={act}
    />
  );
}
