// The inputs of a form for those who may change it; everybody else sees the same values, but cannot touch them.
import type { ReactNode } from "react";

export function Editable({ when, children }: { when: boolean; children: ReactNode }) {
  return (
    <fieldset disabled={!when} className="editable">
      {children}
    </fieldset>
  );
}
