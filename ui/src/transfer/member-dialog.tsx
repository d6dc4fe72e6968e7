// A list of members from a file: choose it, say how its columns name the customers, and read what came of it.
import { Alert, Button, FileInput, Group, Input, Modal, SegmentedControl, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconFile } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslations } from "use-intl";
import { ApiError } from "@/api/problem";
import type { ImportOptions, Segment } from "@/api/types";
import { useErrorText } from "@/parts/failure";
import { LoadingLines } from "@/parts/loading";
import { ColumnMap } from "./column-map";
import { accepted, fileProblem } from "./file-check";
import { MoreOptions } from "./more-options";
import { hasEnded, importMembers, importQuery, importsPath, type Peeked, peek } from "./queries";
import { ImportReport } from "./report";
import { lacksHeader, namesCustomers, suggestedMap } from "./targets";

const DEBOUNCE_MS = 350;
const modes = ["add", "remove", "replace"] as const;
type Mode = (typeof modes)[number];
type Target = Pick<Segment, "id" | "name">;

export function MemberListDialog({ segment, close }: { segment: Target; close: () => void }) {
  const t = useTranslations("transfer.members");
  const parts = useTranslations("parts");
  const [started, setStarted] = useState<number | null>(null);
  return (
    <Modal
      opened
      onClose={close}
      size={760}
      title={t("title", { name: segment.name })}
      closeButtonProps={{ "aria-label": parts("close") }}
    >
      {started === null ? (
        <NewList segment={segment} started={setStarted} close={close} />
      ) : (
        <Outcome segment={segment} id={started} again={() => setStarted(null)} close={close} />
      )}
    </Modal>
  );
}

type NewListProps = { segment: Target; started: (id: number) => void; close: () => void };

function NewList({ segment, started, close }: NewListProps) {
  const t = useTranslations("transfer.members");
  const parts = useTranslations("parts");
  const [file, setFile] = useState<File | null>(null);
  const [mode, setMode] = useState<Mode>("add");
  const [options, setOptions] = useState<ImportOptions>({});
  const start = useStart(segment, started);
  const look = useLook(file, options);
  const [chosenMap, setChosenMap] = useState<{ of: string; map: Record<string, string> } | null>(null);
  const columns = JSON.stringify(look.peeked?.columns ?? []);
  const suggested = look.peeked ? suggestedMap("members", look.peeked.columns, look.peeked.rows, []) : {};
  const map = chosenMap?.of === columns ? chosenMap.map : suggested;
  const problems = { ...look.problems, ...start.problems };
  const change = <V,>(set: (value: V) => void) => {
    return (value: V) => {
      start.forget();
      set(value);
    };
  };
  return (
    <Stack gap="md">
      <FileChoice problem={look.problem} choose={change(setFile)} />
      {look.isLooking && <LoadingLines lines={3} />}
      {look.peeked && (
        <>
          <ModeControl mode={mode} choose={setMode} />
          <Naming
            peeked={look.peeked}
            map={map}
            onChange={change((next) => setChosenMap({ of: columns, map: next }))}
          />
        </>
      )}
      {file !== null && !look.isRefused && (
        <MoreOptions
          kind="members"
          map={map}
          options={options}
          onChange={change(setOptions)}
          problemOf={(name) => problems[`/${name}`]}
        />
      )}
      {start.rest && (
        <Alert color="red" role="alert">
          {start.rest}
        </Alert>
      )}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={close}>
          {parts("cancel")}
        </Button>
        <Button
          color={mode === "add" ? undefined : "red.8"}
          disabled={!look.peeked || !namesCustomers(map)}
          loading={start.isBusy}
          onClick={() => file && start.run(file, { ...options, map, mode })}
        >
          {t(`verbs.${mode}`)}
        </Button>
      </Group>
    </Stack>
  );
}

function FileChoice({ problem, choose }: { problem: string | undefined; choose: (file: File | null) => void }) {
  const t = useTranslations("transfer");
  return (
    <FileInput
      label={t("chooseFile")}
      description={t("members.fileHint")}
      placeholder={t("chooseFileHint")}
      accept={accepted}
      error={problem}
      leftSection={<IconFile size={16} aria-hidden />}
      clearable
      clearButtonProps={{ "aria-label": t("clearFile") }}
      onChange={choose}
    />
  );
}

function ModeControl({ mode, choose }: { mode: Mode; choose: (mode: Mode) => void }) {
  const t = useTranslations("transfer.members");
  return (
    <div>
      <Input.Label component="div" display="block">
        {t("modeQuestion")}
      </Input.Label>
      <SegmentedControl
        aria-label={t("modeQuestion")}
        value={mode}
        onChange={(value) => choose(value as Mode)}
        data={modes.map((value) => ({ value, label: t(`modes.${value}`) }))}
      />
      {mode === "replace" && (
        <Text size="sm" c="dimmed" mt={4}>
          {t("replaceHint")}
        </Text>
      )}
    </div>
  );
}

type NamingProps = { peeked: Peeked; map: Record<string, string>; onChange: (map: Record<string, string>) => void };

function Naming({ peeked, map, onChange }: NamingProps) {
  const t = useTranslations("transfer.members");
  return (
    <Stack gap="xs">
      {lacksHeader(peeked.columns) && <Alert color="orange">{t("noHeader")}</Alert>}
      <ColumnMap kind="members" peeked={peeked} fields={[]} map={map} onChange={onChange} />
      <Text size="sm" c={namesCustomers(map) ? "dimmed" : "var(--mantine-color-error)"}>
        {t(namesCustomers(map) ? "order" : "nobodyNamed")}
      </Text>
    </Stack>
  );
}

type Problems = Record<string, string>;
type Look = {
  peeked: Peeked | undefined;
  /** What is wrong with the file itself. */
  problem: string | undefined;
  /** What is wrong with how it is said to be written, by the option's path. */
  problems: Problems;
  isLooking: boolean;
  /** Nothing that can be said about the file would help. */
  isRefused: boolean;
};

/** The first rows of the file, read as the options say. */
function useLook(file: File | null, { delimiter, encoding }: ImportOptions): Look {
  const t = useTranslations("transfer.members");
  const textOf = useErrorText();
  const [written] = useDebouncedValue(JSON.stringify({ delimiter, encoding }), DEBOUNCE_MS);
  const refused = file === null ? null : fileProblem(file);
  const identity = `${file?.name} ${file?.size} ${file?.lastModified}`;
  const { data, error, isFetching } = useQuery({
    queryKey: [importsPath, "peek", identity, written],
    queryFn: () => peek(file as File, JSON.parse(written)),
    enabled: file !== null && refused === null,
    retry: false,
    gcTime: 0,
    // While the same file is read in another way its columns stay in sight; those of another file never do.
    placeholderData: (before: Peeked | undefined, query) => (query?.queryKey[2] === identity ? before : undefined),
  });
  if (file === null) return { peeked: undefined, problem: undefined, problems: {}, isLooking: false, isRefused: true };
  const problems = placed(error);
  const isEmpty = error instanceof ApiError && error.problems.some(({ code }) => code === "empty");
  const isBinary = error instanceof ApiError && error.problems.some(({ code }) => code === "nul");
  const hasNoRows = data !== undefined && data.rows.length === 0;
  const told = () => {
    if (refused) return t(refused);
    if (isEmpty) return t("fileEmpty");
    if (isBinary) return t("fileNoText");
    if (error) return Object.keys(problems).length > 0 ? undefined : textOf(error);
    return hasNoRows ? t("noRows") : undefined;
  };
  const problem = told();
  return {
    peeked: problem === undefined && !error ? data : undefined,
    problem,
    problems,
    isLooking: isFetching && data === undefined,
    isRefused: refused !== null || isEmpty,
  };
}

/** Problems that have an input of their own. */
function placed(error: unknown): Problems {
  if (!(error instanceof ApiError)) return {};
  const own = ["/delimiter", "/encoding", "/dateFormat", "/timeZone"];
  return Object.fromEntries(
    error.problems.filter(({ path }) => own.includes(path)).map(({ path, message }) => [path, message]),
  );
}

function useStart(segment: Target, started: (id: number) => void) {
  const textOf = useErrorText();
  const queries = useQueryClient();
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const run = async (file: File, options: ImportOptions) => {
    setBusy(true);
    setError(null);
    try {
      const { id } = await importMembers(segment.id, file, options);
      await queries.invalidateQueries({ queryKey: ["/api/jobs"] });
      started(id);
    } catch (cause) {
      setError(cause);
    } finally {
      setBusy(false);
    }
  };
  const problems = placed(error);
  const others = error instanceof ApiError ? error.problems.filter(({ path }) => !(path in problems)) : [];
  const told = others.length > 0 ? others.map(({ message }) => message).join("; ") : textOf(error);
  const isTold = error === null || (others.length === 0 && Object.keys(problems).length > 0);
  return { run, isBusy, problems, rest: isTold ? undefined : told, forget: () => setError(null) };
}

type OutcomeProps = { segment: Target; id: number; again: () => void; close: () => void };

function Outcome({ segment, id, again, close }: OutcomeProps) {
  const t = useTranslations("transfer.members");
  const parts = useTranslations("parts");
  const queries = useQueryClient();
  const { data: one } = useQuery(importQuery(id));
  const isOver = one !== undefined && hasEnded(one.state);
  useEffect(() => {
    if (!isOver) return;
    queries.invalidateQueries({ queryKey: [`/api/segments/${segment.id}/members`] });
    queries.invalidateQueries({ queryKey: ["/api/segments"] });
  }, [isOver, queries, segment.id]);
  return (
    <Stack gap="md">
      <ImportReport id={id} />
      {!isOver && (
        <Text size="sm" c="dimmed">
          {t("goesOn")}
        </Text>
      )}
      <Group justify="flex-end" gap="xs">
        {isOver && (
          <Button variant="default" onClick={again}>
            {t("another")}
          </Button>
        )}
        <Button onClick={close}>{parts("close")}</Button>
      </Group>
    </Stack>
  );
}
