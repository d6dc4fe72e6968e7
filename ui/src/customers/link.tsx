// A customer by the name, as a link to the page; who is not there any more has a number only.
import { Anchor } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { customerName } from "./name";
import { customerQuery } from "./queries";

export function CustomerLink({ id }: { id: number }) {
  const { data: customer, error } = useQuery({ ...customerQuery(id), retry: false });
  if (error && !customer) return `#${id}`;
  return (
    <Anchor component={Link} to={`/customers/${id}`} inherit>
      {customer ? customerName(customer) : `#${id}`}
    </Anchor>
  );
}
