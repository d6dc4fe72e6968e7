// Questions about mail templates.
import { queryOptions } from "@tanstack/react-query";
import { get, post } from "@/api/client";
import type { RenderedMail, Template } from "@/api/types";

export const templatesPath = "/api/templates";
export const messagesPath = "/api/messages";

export function templateQuery(id: string | number) {
  return queryOptions({
    queryKey: [templatesPath, "one", String(id)],
    queryFn: ({ signal }) => get<Template>(`${templatesPath}/${id}`, undefined, signal),
  });
}

export function renderedQuery(template: Template, customerId: number | null) {
  return queryOptions({
    queryKey: [templatesPath, "one", String(template.id), "preview", template.version, customerId],
    queryFn: ({ signal }) => post<RenderedMail>(`${templatesPath}/${template.id}/preview`, { customerId }, { signal }),
    enabled: customerId !== null,
    retry: false,
  });
}
