// The company of a customer by its name, as a link to its page.
import { Anchor } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { companyQuery } from "./queries";

export function CompanyLink({ id }: { id: number }) {
  const { data: company } = useQuery(companyQuery(id));
  return (
    <Anchor component={Link} to={`/companies/${id}`} inherit underline="always">
      {company?.name ?? `#${id}`}
    </Anchor>
  );
}
