// Chooses the company a customer belongs to, or none, by typing a part of its name or VAT number.
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import type { Company } from "@/api/types";
import { type Option, SearchChoice } from "@/parts/search-choice";
import { companiesPath, companyQuery } from "./queries";

type Props = { label: string; value: number | null; onChange: (company: number | null) => void; error?: string };

export function CompanyChoice(props: Props) {
  const t = useTranslations("companies");
  const { data: present } = useQuery({ ...companyQuery(props.value ?? 0), enabled: props.value !== null });
  return (
    <SearchChoice<Company>
      {...props}
      path={companiesPath}
      optionOf={optionOf}
      present={present && optionOf(present)}
      placeholder={t("search")}
      nothingFound={t("nothingFits")}
      clear={t("noCompany")}
    />
  );
}

function optionOf({ id, name, vatId }: Company): Option {
  return { value: String(id), label: [name, vatId].filter(Boolean).join(" · ") };
}
