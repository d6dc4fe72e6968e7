// The inputs for a customer's attributes, built-in and custom; used for new and for existing customers.
import { Autocomplete, Fieldset, Select, SimpleGrid, Stack, Switch, TextInput } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { Field } from "@/api/types";
import { CompanyChoice } from "@/companies/choice";
import type { Draft } from "@/parts/draft";
import { FieldInput } from "@/parts/field-input";
import { MomentInput } from "@/parts/moment-input";
import { useLanguage } from "@/words/language";
import { countryNames, timeZones } from "./places";
import type { CustomerValues } from "./values";

type Props = { draft: Draft<CustomerValues>; fields: Field[] };

export function AttributeForm({ draft, fields }: Props) {
  return (
    <Stack gap="md">
      <PersonInputs draft={draft} />
      <PlaceInputs draft={draft} />
      <StateInputs draft={draft} />
      {fields.length > 0 && <CustomInputs draft={draft} fields={fields} />}
    </Stack>
  );
}

function PersonInputs({ draft }: { draft: Draft<CustomerValues> }) {
  const t = useTranslations("customers");
  return (
    <Fieldset legend={t("person")}>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <TextInput label={t("columns.firstname")} {...draft.text("/firstname")} />
        <TextInput label={t("columns.lastname")} {...draft.text("/lastname")} />
        <TextInput label={t("columns.email")} type="text" inputMode="email" {...draft.text("/email")} />
        <TextInput label={t("columns.phone")} type="tel" {...draft.text("/phone")} />
        <TextInput label={t("salutation")} {...draft.text("/salutation")} />
        <Autocomplete label={t("gender")} data={["female", "male"]} {...autocomplete(draft, "/gender")} />
        <MomentInput label={t("columns.birthDate")} kind="date" {...draft.input<string | null>("/birthDate")} />
        <CompanyChoice label={t("company")} {...draft.input<number | null>("/companyId")} />
      </SimpleGrid>
    </Fieldset>
  );
}

function PlaceInputs({ draft }: { draft: Draft<CustomerValues> }) {
  const t = useTranslations("customers");
  const { locale } = useLanguage();
  const clear = { clearable: true, clearButtonProps: { "aria-label": t("clearChoice") } };
  return (
    <Fieldset legend={t("place")}>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <TextInput label={t("columns.street")} {...draft.text("/street")} />
        <TextInput label={t("columns.zip")} {...draft.text("/zip")} />
        <TextInput label={t("columns.city")} {...draft.text("/city")} />
        <Select
          label={t("columns.countryCode")}
          searchable
          {...clear}
          data={countryNames(locale, draft.values.countryCode)}
          {...draft.input<string | null>("/countryCode")}
        />
        <TextInput label={t("columns.language")} description={t("languageHint")} {...draft.text("/language")} />
        <Select
          label={t("timeZone")}
          description={t("timeZoneHint")}
          searchable
          {...clear}
          limit={60}
          data={timeZones(draft.values.timeZone)}
          {...draft.input<string | null>("/timeZone")}
        />
      </SimpleGrid>
    </Fieldset>
  );
}

function StateInputs({ draft }: { draft: Draft<CustomerValues> }) {
  const t = useTranslations("customers");
  return (
    <Fieldset legend={t("state")}>
      <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm">
        <Switch label={t("columns.active")} description={t("activeHint")} {...draft.check("/active")} />
        <Switch label={t("published")} description={t("publishedHint")} {...draft.check("/published")} />
        <Switch label={t("profilingConsent")} description={t("consentHint")} {...draft.check("/profilingConsent")} />
      </SimpleGrid>
    </Fieldset>
  );
}

function CustomInputs({ draft, fields }: Props) {
  const t = useTranslations("customers");
  return (
    <Fieldset legend={t("customFields")}>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        {fields.map((field) => (
          <FieldInput key={field.id} field={field} {...draft.input<unknown>(`/fields/${field.name}`)} />
        ))}
      </SimpleGrid>
    </Fieldset>
  );
}

function autocomplete(draft: Draft<CustomerValues>, pointer: string) {
  const { value, error, onChange } = draft.input<string | null>(pointer);
  return { value: value ?? "", error, onChange };
}
