// How a customer is called when there is room for one line only.

export type Named = { firstname?: string | null; lastname?: string | null; email?: string | null };

export function customerName(customer: Named & { id: number }): string {
  const name = [customer.firstname, customer.lastname].filter(Boolean).join(" ");
  return name || customer.email || `#${customer.id}`;
}
