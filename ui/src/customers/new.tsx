// A new customer. A refusal because of a double leads to the customer who is already there.
import { Alert, Anchor, Stack } from "@mantine/core";
import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { ApiError } from "@/api/problem";
import { useDraft } from "@/parts/draft";
import { Card, Page } from "@/parts/page";
import { SaveBar } from "@/parts/save-bar";
import { useSaving } from "@/parts/saving";
import { useToasts } from "@/parts/toasts";
import { AttributeForm } from "./attribute-form";
import { createCustomer, customersPath, fieldsQuery } from "./queries";
import { type CustomerValues, given, valuesOf } from "./values";

export function NewCustomer() {
  const t = useTranslations("customers");
  const toasts = useToasts();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { data: fields } = useSuspenseQuery(fieldsQuery);
  const draft = useDraft<CustomerValues>(valuesOf(null, fields));
  const [existing, setExisting] = useState<number | null>(null);
  const saving = useSaving({
    draft,
    version: null,
    send: async (values) => {
      setExisting(null);
      return createCustomer(given(values)).catch((error: unknown) => {
        setExisting(existingId(error));
        throw error;
      });
    },
    saved: async (customer) => {
      toasts.done(t("created"));
      await queries.invalidateQueries({ queryKey: [customersPath] });
      await navigate({ to: "/customers/$id", params: { id: String(customer.id) }, search: {} });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    saving.save();
  };
  return (
    <Page title={t("new")} back={{ to: "/customers", label: t("title") }}>
      <form onSubmit={submit} noValidate style={{ maxWidth: 860 }}>
        <Card>
          <Stack gap="md">
            <AttributeForm draft={draft} fields={fields} />
            {existing !== null && (
              <Alert color="yellow">
                {t("alreadyThere")}{" "}
                <Anchor component={Link} to={`/customers/${existing}`}>
                  {t("openExisting", { id: existing })}
                </Anchor>
              </Alert>
            )}
            <div className="save-bar">
              <SaveBar
                draft={draft}
                saving={saving}
                verb={t("createVerb")}
                isNew
                discard={() => navigate({ to: "/customers", search: {} })}
              />
            </div>
          </Stack>
        </Card>
      </form>
    </Page>
  );
}

function existingId(error: unknown): number | null {
  const id = error instanceof ApiError ? error.more.existingId : null;
  return typeof id === "number" ? id : null;
}
