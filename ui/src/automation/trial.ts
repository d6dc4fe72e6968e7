// Asking the server what a rule would do, with the rule as it stands in the form.
import { useState } from "react";
import { useTranslations } from "use-intl";
import { post } from "@/api/client";
import { ApiError } from "@/api/problem";
import type { Problem } from "@/api/types";
import { useToasts } from "@/parts/toasts";
import type { ToldRule } from "./reason";
import type { RuleDraft } from "./spots";
import { bodyOf, type RuleValues } from "./values";

const RULE = "/rule";

export type Trial<T> = {
  /** The answer, and the rule it is about. */
  result: { answer: T; values: RuleValues } | null;
  isAsking: boolean;
  /** What is wrong with the rule. */
  problems: Problem[];
  ask: (path: string, question: object) => Promise<void>;
};

/** Problems of the rule are shown in its form too; `refused` gets those of the question. */
export function useTrial<T>(draft: RuleDraft, ruleId: number | null, refused?: (error: unknown) => void): Trial<T> {
  const t = useTranslations("simulation");
  const toasts = useToasts();
  const [result, setResult] = useState<Trial<T>["result"]>(null);
  const [isAsking, setAsking] = useState(false);
  const [problems, setProblems] = useState<Problem[]>([]);
  const ask = async (path: string, question: object) => {
    const { values } = draft;
    const rule = { ...bodyOf(values), name: values.name.trim() || t("unnamed") };
    setAsking(true);
    setProblems([]);
    try {
      setResult({ answer: await post<T>(path, { ruleId, rule, ...question }), values });
    } catch (error) {
      setResult(null);
      const own = ownProblems(error);
      setProblems(own);
      draft.showProblems(withProblems(error, own));
      refused?.(error);
      if (own.length === 0) toasts.failed(error);
    } finally {
      setAsking(false);
    }
  };
  return { result, isAsking, problems, ask };
}

/** Problems of the rule, at their places within it. */
export function ownProblems(error: unknown): Problem[] {
  if (!(error instanceof ApiError)) return [];
  const own = error.problems.filter(({ path }) => path === RULE || path.startsWith(`${RULE}/`));
  return own.map((problem) => ({ ...problem, path: problem.path.slice(RULE.length) }));
}

function withProblems(error: unknown, problems: Problem[]): unknown {
  if (!(error instanceof ApiError)) return error;
  return new ApiError(error.status, error.code, error.title, error.detail, problems, error.more, null);
}

/** The rule an answer is about, as its runs are told with. */
export function toldRule(values: RuleValues, version: number | undefined): ToldRule {
  const { condition, isJourney, actions, steps } = values;
  return { condition, actions: isJourney ? [] : actions, steps: isJourney ? steps : [], version: version ?? 0 };
}
