// A value with those characters marked in which it differs from another one.
import { Fragment } from "react";

type Props = { pieces: { text: string; differs: boolean }[] };

export function Differing({ pieces }: Props) {
  return (
    <span className="differing">
      {pieces.map(({ text, differs }, place) => {
        // biome-ignore lint/suspicious/noArrayIndexKey: a piece is its place in the value
        return <Fragment key={place}>{differs ? <mark>{text}</mark> : text}</Fragment>;
      })}
    </span>
  );
}
