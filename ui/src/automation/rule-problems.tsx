// What has to be put right before a rule can be tried.
import { Alert, List } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import type { Problem } from "@/api/types";
import { usePathText } from "./texts";

export function RuleProblems({ problems }: { problems: Problem[] }) {
  const t = useTranslations("simulation");
  const pathText = usePathText();
  if (problems.length === 0) return null;
  return (
    <Alert color="red" icon={<IconAlertTriangle size={18} />} title={t("fixFirst")} role="alert">
      <List size="sm">
        {problems.map(({ path, message }) => (
          <List.Item key={`${path} ${message}`}>
            {pathText(path) && <b>{pathText(path)}: </b>}
            {message}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}
