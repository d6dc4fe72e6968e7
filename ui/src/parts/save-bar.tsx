// The end of a form: save and discard, what has no field to show it at, the lost race, and the guard against leaving unsaved work.
import { Alert, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useBlocker } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { steps } from "@/api/pointer";
import type { Draft } from "./draft";
import type { Saving } from "./saving";

type Props<T> = {
  draft: Draft<T>;
  saving: Saving;
  /** What the saving button says; "Save" when absent. */
  verb?: string;
  discard?: () => void;
  /** A new thing can be saved although nothing was changed yet. */
  isNew?: boolean;
  disabled?: boolean;
};

export function SaveBar<T>({ draft, saving, verb, discard, isNew = false, disabled = false }: Props<T>) {
  const t = useTranslations("parts");
  return (
    <Stack gap="sm">
      {draft.rest.length > 0 && (
        <Alert color="red" icon={<IconAlertTriangle size={18} />} role="alert">
          {draft.rest.map((problem) => (
            <Text size="sm" key={`${problem.path} ${problem.message}`}>
              {problem.path !== "" && <b>{steps(problem.path).join(" › ")}: </b>}
              {problem.message}
            </Text>
          ))}
        </Alert>
      )}
      <Group gap="xs">
        <Button type="submit" loading={saving.isSaving} disabled={disabled || (!isNew && !draft.isDirty)}>
          {verb ?? t("save")}
        </Button>
        {discard && (
          <Button variant="default" onClick={discard} disabled={!isNew && !draft.isDirty}>
            {isNew ? t("cancel") : t("discard")}
          </Button>
        )}
      </Group>
      <LostRace saving={saving} />
      <UnsavedGuard when={draft.isDirty && !saving.isSaving} />
    </Stack>
  );
}

function LostRace({ saving }: { saving: Saving }) {
  const t = useTranslations("parts");
  return (
    <Modal
      opened={saving.lostRace}
      onClose={saving.stay}
      title={t("lostRaceTitle")}
      closeButtonProps={{ "aria-label": t("cancel") }}
    >
      <Text size="sm">{t("lostRaceText")}</Text>
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={saving.reload}>
          {t("reload")}
        </Button>
        <Button color="red.8" onClick={saving.overwrite} loading={saving.isSaving}>
          {t("overwrite")}
        </Button>
      </Group>
    </Modal>
  );
}

type Place = { pathname: string; search: object };

/** Another page or another tab of this page; a changed filter is not leaving. */
export function isLeaving(from: Place, to: Place): boolean {
  const tabOf = (search: object) => (search as { tab?: unknown }).tab;
  return from.pathname !== to.pathname || tabOf(from.search) !== tabOf(to.search);
}

/** Asks before a link, the back button or closing the window throws away unsaved work. */
export function UnsavedGuard({ when }: { when: boolean }) {
  const t = useTranslations("parts");
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => when && isLeaving(current, next),
    enableBeforeUnload: when,
    withResolver: true,
  });
  const isBlocked = blocker.status === "blocked";
  return (
    <Modal
      opened={isBlocked}
      onClose={() => blocker.reset?.()}
      title={t("unsavedTitle")}
      closeButtonProps={{ "aria-label": t("stay") }}
    >
      <Text size="sm">{t("unsavedText")}</Text>
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={() => blocker.reset?.()} data-autofocus>
          {t("stay")}
        </Button>
        <Button color="red.8" onClick={() => blocker.proceed?.()}>
          {t("leave")}
        </Button>
      </Group>
    </Modal>
  );
}
