// Chooses one customer by typing a part of the name or mail address.
import { useTranslations } from "use-intl";
import type { Customer } from "@/api/types";
import { type Option, SearchChoice } from "@/parts/search-choice";
import { customerName } from "./name";
import { customersPath } from "./queries";

type Props = {
  label: string;
  value: number | null;
  onChange: (customer: number | null) => void;
  /** Chooses somebody at once, where anybody is better than nobody. */
  startWithFirst?: boolean;
  /** Who was chosen before, as soon as the name is known. */
  present?: Option;
};

export function CustomerChoice(props: Props) {
  const t = useTranslations("customers");
  return (
    <SearchChoice<Customer>
      {...props}
      path={customersPath}
      optionOf={optionOf}
      placeholder={t("searchHint")}
      nothingFound={t("nobodyFits")}
    />
  );
}

function optionOf(customer: Customer): Option {
  const label = [customerName(customer), customer.email].filter(Boolean).join(" · ");
  return { value: String(customer.id), label };
}
