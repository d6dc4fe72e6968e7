// A customer by the name, as a link to the page.
import { Anchor } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { customerName } from "./name";
import { customerQuery } from "./queries";

export function CustomerLink({ id }: { id: number }) {
  const { data: customer } = useQuery({ ...customerQuery(id), retry: false });
  return (
    <Anchor component={Link} to={`/customers/${id}`} inherit>
      {customer ? customerName(customer) : `#${id}`}
    </Anchor>
  );
}
