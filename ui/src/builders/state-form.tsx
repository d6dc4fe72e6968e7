// Countries whose regions get segments: all that are known, or chosen ones.
import { Checkbox, Radio, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { countryName } from "@/customers/places";
import { useLanguage } from "@/words/language";
import { regionsByCountry } from "./forms";
import { useInputs } from "./inputs";
import { plannedQuery } from "./queries";

export function StateInputs() {
  const t = useTranslations("builders.form");
  const { get, set, problem } = useInputs();
  const isAll = get<boolean>("/isAll");
  const known = useRegions();
  const choose = (all: boolean) => {
    set("/isAll", all);
    if (!all && get<string[]>("/countries").length === 0) set("/countries", [...known.keys()]);
  };
  return (
    <Stack gap="sm">
      <Radio.Group label={t("countries")} value={isAll ? "all" : "some"} onChange={(value) => choose(value === "all")}>
        <Stack gap={6} mt={6}>
          <Radio value="all" label={t("allCountries")} description={t("allCountriesHint")} />
          <Radio value="some" label={t("someCountries")} />
        </Stack>
      </Radio.Group>
      {!isAll && <Countries known={known} />}
      {problem("/countries") && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {t("chooseCountry")}
        </Text>
      )}
    </Stack>
  );
}

/** The regions of each country, as the segments of all countries are called. */
function useRegions(): Map<string, string[]> {
  const { data = [] } = useQuery(plannedQuery("state", {}));
  return regionsByCountry(data.map(({ name }) => name));
}

function Countries({ known }: { known: Map<string, string[]> }) {
  const t = useTranslations("builders.form");
  const { get, set, problem } = useInputs();
  const { locale } = useLanguage();
  const chosen = get<string[]>("/countries");
  const all = [...known.keys(), ...chosen.filter((code) => !known.has(code))];
  const toggle = (code: string) =>
    set("/countries", chosen.includes(code) ? chosen.filter((other) => other !== code) : [...chosen, code]);
  return (
    <Stack gap="sm" role="group" aria-label={t("someCountries")} pl={30}>
      {all.map((code) => (
        <Checkbox
          key={code}
          label={t("country", { name: countryName(code, locale) ?? code, count: known.get(code)?.length ?? 0 })}
          description={known.get(code)?.join(" · ")}
          checked={chosen.includes(code)}
          error={chosen.includes(code) ? problem(`/countries/${chosen.indexOf(code)}`) : undefined}
          onChange={() => toggle(code)}
        />
      ))}
    </Stack>
  );
}
