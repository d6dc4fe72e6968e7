// Taking back what a rule has planned.
import { remove } from "@/api/client";
import { customersPath } from "@/customers/queries";

export function cancelPlan(customer: number, plan: number): Promise<void> {
  return remove(`${customersPath}/${customer}/scheduled/${plan}`);
}
