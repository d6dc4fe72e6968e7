// Parts of a page that are fetched when they are first shown: tabs one may never open, dialogs, editors of rare things.
import {
  Component,
  type ComponentType,
  type LazyExoticComponent,
  lazy,
  type ReactNode,
  Suspense,
  useEffect,
  useState,
} from "react";
import { ApiError, unreachable } from "@/api/problem";
import { fetched } from "@/words/fetched";
import { withWords } from "@/words/slices";
import { Failure } from "./failure";
import { LoadingLines } from "./loading";

type PropsOf<Part> = Part extends ComponentType<infer P> ? P & object : never;

/** One component of a file. Something stands in its place until it is there; for what opens above the page that is nothing. */
export function later<File, Name extends keyof File>(
  load: () => Promise<File>,
  name: Name,
  meanwhile: ReactNode | ((props: PropsOf<File[Name]>) => ReactNode) = <LoadingLines />,
): ComponentType<PropsOf<File[Name]>> {
  const file = async () => ({ default: (await fetched(load))[name] as ComponentType<object> });
  const part = (): LazyExoticComponent<ComponentType<object>> =>
    lazy(() =>
      withWords(file).catch((error) => {
        // What failed stays failed for React, so the next attempt needs another one.
        Part = part();
        throw unreachable(error);
      }),
    );
  let Part = part();
  return function Later(props: PropsOf<File[Name]>) {
    const [attempt, setAttempt] = useState(0);
    return (
      <Fetched key={attempt} retry={() => setAttempt(attempt + 1)}>
        <Suspense fallback={typeof meanwhile === "function" ? meanwhile(props) : meanwhile}>
          <Part {...props} />
        </Suspense>
      </Fetched>
    );
  };
}

type FetchedProps = { retry: () => void; children: ReactNode };

/** The page around what could not be fetched stays as it is, with all that was written into it. */
class Fetched extends Component<FetchedProps, { error: unknown }> {
  override state = { error: null };
  static getDerivedStateFromError = (error: unknown) => ({ error });

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    if (!isUnreachable(error)) throw error;
    return <Failure error={error} retry={this.props.retry} />;
  }
}

function isUnreachable(error: unknown): boolean {
  return error instanceof ApiError && error.status === 0;
}

/** A dialog that comes with its first opening begins closed, so that it sees what had the focus and can give it back. */
export function useOpening(opened: boolean): boolean {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => setOpen(opened), [opened]);
  return isOpen;
}
