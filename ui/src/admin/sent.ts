// A form that is sent and may be refused: at its fields where the server says so, and above them otherwise.
import { type FormEvent, useState } from "react";
import { ApiError } from "@/api/problem";
import type { Draft } from "@/parts/draft";
import { useErrorText } from "@/parts/failure";

export function useSent<T>(draft: Draft<T>, send: () => Promise<unknown>) {
  const textOf = useErrorText();
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    // A dialog lies inside of the page in React's eyes, whose forms must not be sent along.
    event.stopPropagation();
    setError(null);
    setBusy(true);
    try {
      await send();
    } catch (cause) {
      draft.showProblems(cause);
      const isAtFields = cause instanceof ApiError && cause.problems.length > 0;
      if (!isAtFields) setError(textOf(cause));
    } finally {
      setBusy(false);
    }
  };
  return { error, isBusy, submit };
}
