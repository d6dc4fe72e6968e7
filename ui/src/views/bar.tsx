// Beside the title of the list: which view is open and whether it was changed, the menu of all views, and what can be done with one.
import { Badge, Button, Group, Tooltip } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { patch } from "@/api/client";
import { mergePatch } from "@/api/merge-patch";
import type { SavedView } from "@/api/types";
import { useToasts } from "@/parts/toasts";
import { stateOf } from "./look";
import { ViewsMenu } from "./menu";
import { NameDialog, type Naming } from "./name-dialog";
import { refreshLists, remember, viewQuery, viewsPath } from "./queries";
import { ShareDialog } from "./share-dialog";
import type { Looking } from "./use-look";
import "./views.css";

export function ViewsBar({ looking }: { looking: Looking }) {
  const { view, isChanged } = looking;
  const [naming, name] = useState<Naming>(null);
  const [isSharing, share] = useState(false);
  return (
    <Group gap={6}>
      <ViewsMenu looking={looking} saveAs={() => name("new")} rename={() => name("this")} share={() => share(true)} />
      {view && isChanged && <Changed looking={looking} view={view} saveAs={() => name("new")} />}
      <NameDialog naming={naming} close={() => name(null)} looking={looking} />
      {view && <ShareDialog view={view} opened={isSharing} close={() => share(false)} />}
    </Group>
  );
}

type ChangedProps = { looking: Looking; view: SavedView; saveAs: () => void };

function Changed({ looking, view, saveAs }: ChangedProps) {
  const t = useTranslations("views");
  const { save, isSaving } = useSave(looking, view);
  return (
    <>
      <Badge color="gray" role="status">
        {t("changed")}
      </Badge>
      <Tooltip label={t("goBackHint")}>
        <Button size="compact-sm" variant="subtle" onClick={() => looking.open(view.id)}>
          {t("goBack")}
        </Button>
      </Tooltip>
      {view.access === "read" ? (
        <Button size="compact-sm" variant="light" onClick={saveAs}>
          {t("saveAs")}
        </Button>
      ) : (
        <Button size="compact-sm" variant="light" loading={isSaving} onClick={save}>
          {t("save")}
        </Button>
      )}
    </>
  );
}

/** Keeps the list as it is looked at now under the name of the view that is open. */
function useSave({ look, open }: Looking, view: SavedView) {
  const t = useTranslations("views");
  const toasts = useToasts();
  const queries = useQueryClient();
  const [isSaving, setSaving] = useState(false);
  const save = async () => {
    setSaving(true);
    try {
      const state = mergePatch(view.state, stateOf(look));
      const saved = await patch<SavedView>(`${viewsPath}/${view.id}`, { state }, { ifVersion: view.version });
      await remember(queries, saved);
      open(view.id);
      toasts.done(t("saved", { name: saved.name }));
    } catch (error) {
      toasts.failed(error);
      // Somebody else may have been first: what he saved is shown, and what was changed here stays.
      await Promise.all([queries.invalidateQueries({ queryKey: viewQuery(view.id).queryKey }), refreshLists(queries)]);
    } finally {
      setSaving(false);
    }
  };
  return { save, isSaving };
}
