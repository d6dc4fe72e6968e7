// A customer's attributes, changed in place.
import { Box, Stack } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { useTranslations } from "use-intl";
import { mergePatch } from "@/api/merge-patch";
import type { Customer, Field } from "@/api/types";
import { Editable } from "@/parts/editable";
import { useEdited } from "@/parts/edited";
import { LoadingLines } from "@/parts/loading";
import { SaveBar } from "@/parts/save-bar";
import { useSaving } from "@/parts/saving";
import { useToasts } from "@/parts/toasts";
import { useMay } from "@/shell/session";
import { AttributeForm } from "./attribute-form";
import { changeCustomer, customerQuery, customersPath, fieldsQuery } from "./queries";
import { cleaned, valuesOf } from "./values";

export function AttributesTab({ customer }: { customer: Customer }) {
  const { data: fields } = useQuery(fieldsQuery);
  return fields ? <AttributesEditor customer={customer} fields={fields} /> : <LoadingLines lines={10} />;
}

function AttributesEditor({ customer, fields }: { customer: Customer; fields: Field[] }) {
  const t = useTranslations("parts");
  const toasts = useToasts();
  const queries = useQueryClient();
  const may = useMay();
  const { draft, based, startOver } = useEdited(customer, (saved) => valuesOf(saved, fields));
  const refresh = () => queries.invalidateQueries({ queryKey: [customersPath] });
  /** Only what was sent goes back, and only as long as nobody has changed the customer since. */
  const takeBack = async (changes: object, version: number) => {
    await changeCustomer(customer.id, changes, version);
    await refresh();
  };
  const saving = useSaving({
    draft,
    version: based.version,
    send: (values, version) =>
      changeCustomer(customer.id, mergePatch(cleaned(valuesOf(based, fields)), cleaned(values)), version),
    saved: async (saved) => {
      const back = mergePatch(cleaned(draft.values), cleaned(valuesOf(based, fields)));
      startOver(saved);
      toasts.done(t("saved"), () => takeBack(back, saved.version));
      await refresh();
    },
    reload: async () => startOver(await queries.fetchQuery({ ...customerQuery(customer.id), staleTime: 0 })),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    saving.save();
  };
  return (
    <Box component="form" onSubmit={submit} noValidate p="md">
      <Stack gap="md">
        <Editable when={may("customers:write")}>
          <AttributeForm draft={draft} fields={fields} />
        </Editable>
        {may("customers:write") && (
          <div className="save-bar">
            <SaveBar draft={draft} saving={saving} discard={() => startOver(based)} />
          </div>
        )}
      </Stack>
    </Box>
  );
}
