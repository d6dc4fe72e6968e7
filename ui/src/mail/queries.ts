// Questions about mail: templates, messages, suppressed addresses.
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { get, post, type Query } from "@/api/client";
import type { MessageState, MessageStory, Page, RenderedMail, Rule, Template } from "@/api/types";

export const templatesPath = "/api/templates";
export const messagesPath = "/api/messages";
export const suppressionsPath = "/api/suppressions";
const CHOICES_MAX = 500;

export function templateQuery(id: string | number) {
  return queryOptions({
    queryKey: [templatesPath, "one", String(id)],
    queryFn: ({ signal }) => get<Template>(`${templatesPath}/${id}`, undefined, signal),
  });
}

export type PreviewAs = { customerId: number | null; language: string | null };

export function renderedQuery(template: Template, as: PreviewAs) {
  return queryOptions({
    queryKey: [templatesPath, "one", String(template.id), "preview", template.version, as],
    queryFn: ({ signal }) => post<RenderedMail>(`${templatesPath}/${template.id}/preview`, as, { signal }),
    enabled: as.customerId !== null,
    retry: false,
  });
}

/** Templates and rules by name, for choosing. */
export const templateNamesQuery = queryOptions({
  queryKey: [templatesPath, "names"],
  queryFn: async ({ signal }) => (await get<Page<Template>>(templatesPath, { limit: CHOICES_MAX }, signal)).items,
});
export const ruleNamesQuery = queryOptions({
  queryKey: ["/api/rules", "names"],
  queryFn: async ({ signal }) => (await get<Page<Rule>>("/api/rules", { limit: CHOICES_MAX }, signal)).items,
});

export function messageQuery(id: string | number) {
  return queryOptions({
    queryKey: [messagesPath, "one", String(id)],
    queryFn: ({ signal }) => get<MessageStory>(`${messagesPath}/${id}`, undefined, signal),
  });
}

/** How many of the messages that fit are in each state. */
export function countsQuery(filter: Query) {
  return queryOptions({
    queryKey: [messagesPath, "counts", filter],
    queryFn: ({ signal }) => get<Record<MessageState, number>>(`${messagesPath}/counts`, filter, signal),
    placeholderData: keepPreviousData,
  });
}
