// What the server refuses is told in the reader's language. English is the server's own; the words of others are fetched with the
// first refusal.
import { useEffect, useState } from "react";
import { ApiError } from "@/api/problem";
import type { Locale } from "@/words";
import { fetched } from "@/words/fetched";
import { useLanguage } from "@/words/language";
import type { Refusal, Wording } from "./wording";

const asTheServer: Wording = ({ message }) => message;

async function wordingOf(locale: Locale): Promise<Wording> {
  if (locale === "en") return asTheServer;
  // A refusal in English is better than none.
  return fetched(() => import("./german")).then(
    ({ german }) => german,
    () => asTheServer,
  );
}

/** The same refusal in the reader's language. */
export async function inLanguage(error: ApiError, locale: Locale): Promise<ApiError> {
  return reworded(error, await wordingOf(locale));
}

export function reworded(error: ApiError, worded: Wording): ApiError {
  const { status, code, title, more, retryAfterSeconds } = error;
  const problems = error.problems.map((problem) => ({ ...problem, message: worded(problem) }));
  const [only] = error.problems;
  const isOfOne = only !== undefined && error.detail === `${only.path}: ${only.message}`;
  const detail = isOfOne ? `${only.path}: ${worded(only)}` : worded({ code, message: error.detail });
  return new ApiError(status, code, title, detail, problems, more, retryAfterSeconds);
}

/** For what was refused within an answer, such as a row of a file. */
export function useRefusalText(): (refusal: Refusal) => string {
  const { locale } = useLanguage();
  const [worded, setWorded] = useState<Wording>(() => asTheServer);
  useEffect(() => {
    let isCurrent = true;
    wordingOf(locale).then((wording) => isCurrent && setWorded(() => wording));
    return () => {
      isCurrent = false;
    };
  }, [locale]);
  return worded;
}
