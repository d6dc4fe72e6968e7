// Who is in a segment; in one filled by hand members can be added and removed here.
import { Box, Button, Group } from "@mantine/core";
import { IconFileImport, IconUsers } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { post } from "@/api/client";
import type { Member, Segment } from "@/api/types";
import { CustomerChoice } from "@/customers/choice";
import { customerName } from "@/customers/name";
import { Count } from "@/parts/count";
import { useCursorList } from "@/parts/cursor-list";
import { Empty } from "@/parts/empty";
import { later } from "@/parts/later";
import { Card } from "@/parts/page";
import { type Column, Rows } from "@/parts/rows";
import { useToasts } from "@/parts/toasts";
import { When } from "@/parts/when";
import { useMay } from "@/shell/session";
import { segmentsPath } from "./queries";

/** Few lists come from files, so the dialog is fetched when it is asked for. */
const MemberListDialog = later(() => import("@/transfer/member-dialog"), "MemberListDialog", null);

export function Members({ segment }: { segment: Segment }) {
  const t = useTranslations("segments");
  const may = useMay();
  const change = useMemberChange(segment);
  const list = useCursorList<Member>(`${segmentsPath}/${segment.id}/members`);
  const canChange = !segment.calculated && may("segments:write");
  const columns: Column<Member>[] = [
    { key: "name", label: t("customer"), cell: (member) => <NameCell member={member} segment={segment} /> },
    { key: "email", label: t("email"), wideOnly: true, cell: (member) => member.email ?? "–" },
    { key: "since", label: t("since"), width: 160, cell: (member) => <When at={member.since} /> },
    { key: "counter", label: t("counter"), width: 90, end: true, cell: (member) => <Count of={member.counter} /> },
  ];
  if (canChange) {
    columns.push({
      key: "remove",
      label: t("actions"),
      width: 110,
      cell: (member) => (
        <Button
          size="compact-sm"
          variant="default"
          className="above-row-link"
          aria-label={t("removeMember", { name: customerName({ ...member, id: member.customerId }) })}
          onClick={() => change({ remove: [member.customerId] }, t("memberRemoved"))}
        >
          {t("remove")}
        </Button>
      ),
    });
  }
  return (
    <Card flush>
      <Group justify="space-between" align="flex-end" gap="sm">
        {canChange && <AddMember add={(id) => change({ add: [id] }, t("memberAdded"))} />}
        {!segment.calculated && may("imports:write") && <AddFromFile segment={segment} />}
      </Group>
      <Rows
        label={t("tabs.members")}
        columns={columns}
        list={list}
        keyOf={(member) => member.customerId}
        height="max(320px, calc(100vh - 260px))"
        empty={
          <Empty
            icon={IconUsers}
            title={t("noMembers")}
            hint={t(
              segment.building ? "noMembersBuilding" : segment.calculated ? "noMembersComputed" : "noMembersManual",
            )}
          />
        }
      />
    </Card>
  );
}

type MemberChange = { add?: number[]; remove?: number[] };

function useMemberChange(segment: Segment) {
  const toasts = useToasts();
  const queries = useQueryClient();
  const send = async (change: MemberChange) => {
    await post(`${segmentsPath}/${segment.id}/members`, change);
    await queries.invalidateQueries({ queryKey: [`${segmentsPath}/${segment.id}/members`] });
    await queries.invalidateQueries({ queryKey: [segmentsPath] });
  };
  return async (change: MemberChange, said: string) => {
    try {
      await send(change);
      toasts.done(said, () => send({ add: change.remove, remove: change.add }));
    } catch (error) {
      toasts.failed(error);
    }
  };
}

function NameCell({ member, segment }: { member: Member; segment: Segment }) {
  return (
    <Link
      to="/customers/$id"
      params={{ id: String(member.customerId) }}
      search={segment.calculated ? { tab: "segments", why: segment.id } : {}}
      className="row-link"
    >
      {customerName({ ...member, id: member.customerId })}
    </Link>
  );
}

/** Mounted anew after each choice, so that the next search starts empty. */
function AddMember({ add }: { add: (customer: number) => void }) {
  const t = useTranslations("segments");
  const [round, setRound] = useState(0);
  const choose = (customer: number | null) => {
    if (customer !== null) add(customer);
    setRound(round + 1);
  };
  return (
    <Box p="sm" flex={1} maw={420} miw={240}>
      <CustomerChoice key={round} label={t("addMember")} value={null} onChange={choose} />
    </Box>
  );
}

function AddFromFile({ segment }: { segment: Segment }) {
  const t = useTranslations("segments");
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button variant="default" m="sm" leftSection={<IconFileImport size={16} />} onClick={() => setOpen(true)}>
        {t("addFromFile")}
      </Button>
      {isOpen && <MemberListDialog segment={segment} close={() => setOpen(false)} />}
    </>
  );
}
