// A customer by the name, as a link to the page; who is not there any more has a number only.
import { Anchor } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { customerName, type Named } from "./name";
import { customerQuery } from "./queries";

/** Asks what the customer is called. */
export function CustomerLink({ id }: { id: number }) {
  const { data: customer, error } = useQuery({ ...customerQuery(id), retry: false });
  return <NamedCustomerLink id={id} name={customer ?? (error ? null : {})} />;
}

/** For where that is known already. */
export function NamedCustomerLink({ id, name }: { id: number; name: Named | null }) {
  if (name === null) return `#${id}`;
  return (
    <Anchor component={Link} to={`/customers/${id}`} inherit>
      {customerName({ ...name, id })}
    </Anchor>
  );
}
