// What a role is called, and a table of what it allows: each function to look at and to change.
import { Badge, Checkbox, SimpleGrid, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { Fragment } from "react";
import { useTranslations } from "use-intl";
import type { Permission, Role } from "@/api/types";
import type { Draft } from "@/parts/draft";
import { Card } from "@/parts/page";
import { useMay } from "@/shell/session";
import { type Allowed, allowed, areas, difference, forbidden, type Needs, withNeeds } from "./permissions";
import "./roles.css";

export type RoleValues = { name: string; description: string; permissions: Permission[] };
export const emptyRole: RoleValues = { name: "", description: "", permissions: [] };

export function valuesOf({ name, description, permissions }: Role): RoleValues {
  return { name, description: description ?? "", permissions };
}

type Props = {
  draft: Draft<RoleValues>;
  needs: Needs;
  /** What it allows as it is saved; nothing, while it is not. */
  before: Permission[] | null;
  isLocked: boolean;
};

export function RoleEditor({ draft, needs, before, isLocked }: Props) {
  const t = useTranslations("roles");
  return (
    <Stack gap="md">
      {!isLocked && (
        <Card>
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <TextInput label={t("name")} maxLength={60} required {...draft.text("/name")} />
            <Textarea label={t("description")} maxLength={500} autosize minRows={1} {...draft.text("/description")} />
          </SimpleGrid>
        </Card>
      )}
      <Card title={t("allows")} hint={isLocked ? undefined : t("allowsHint")} flush>
        <Table draft={draft} needs={needs} before={before} isLocked={isLocked} />
      </Card>
    </Stack>
  );
}

function Table(props: Props) {
  const t = useTranslations("roles");
  return (
    <table className="permissions">
      <thead>
        <tr>
          <th scope="col">{t("function")}</th>
          <th scope="col">{t("look")}</th>
          <th scope="col">{t("change")}</th>
        </tr>
      </thead>
      {areas.map(({ word, functions }) => (
        <Fragment key={word}>
          <tbody>
            <tr className="area">
              <th scope="rowgroup" colSpan={3}>
                {t(`areas.${word}`)}
              </th>
            </tr>
            {functions.map((one) => (
              <FunctionRow key={one.word} of={one} {...props} />
            ))}
          </tbody>
        </Fragment>
      ))}
    </table>
  );
}

function FunctionRow({ of: { word, look, change }, ...props }: Props & { of: Allowed }) {
  const t = useTranslations("roles");
  const name = t(`functions.${word}`);
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{look && <Choice permission={look} name={`${name}: ${t("look")}`} {...props} />}</td>
      <td>{change && <Choice permission={change} name={`${name}: ${t("change")}`} {...props} />}</td>
    </tr>
  );
}

function Choice({
  permission,
  name,
  draft,
  needs,
  before,
  isLocked,
}: Props & { permission: Permission; name: string }) {
  const t = useTranslations("roles");
  const may = useMay();
  const held = draft.values.permissions;
  const isHeld = held.includes(permission);
  const isWithin = withNeeds(permission, needs).every((one) => may(one) || held.includes(one));
  const set = (isChosen: boolean) => {
    const change = isChosen ? allowed : forbidden;
    draft.set("/permissions", change(held, permission, needs));
  };
  const isChanged = before !== null && before.includes(permission) !== isHeld;
  return (
    <Checkbox
      size="sm"
      checked={isHeld}
      disabled={!isLocked && !isWithin}
      onChange={(event) => set(event.currentTarget.checked)}
      aria-label={`${name} – ${t(`sentences.${permission}`)}`}
      label={
        <>
          {t(`sentences.${permission}`)}
          {isChanged && (
            <Badge ml={6} size="xs" color={isHeld ? "pine" : "orange"}>
              {t(isHeld ? "isAdded" : "isRemoved")}
            </Badge>
          )}
          {!isLocked && !isWithin && (
            <Text span size="xs" c="dimmed" display="block">
              {t("notYours")}
            </Text>
          )}
        </>
      }
    />
  );
}

/** What saving would change, in words. */
export function Differences({ before, after, users }: { before: Permission[]; after: Permission[]; users: number }) {
  const t = useTranslations("roles");
  const { added, removed } = difference(before, after);
  if (added.length === 0 && removed.length === 0) return null;
  const list = (permissions: Permission[]) => permissions.map((one) => t(`sentences.${one}`)).join(" · ");
  return (
    <Stack gap={2} role="status" aria-label={t("differences")}>
      {added.length > 0 && (
        <Text size="sm">
          <b>{t("willMay")}</b> {list(added)}
        </Text>
      )}
      {removed.length > 0 && (
        <Text size="sm">
          <b>{t("willNot")}</b> {list(removed)}
        </Text>
      )}
      <Text size="sm" c="dimmed">
        {t("concerns", { count: users })}
      </Text>
    </Stack>
  );
}
