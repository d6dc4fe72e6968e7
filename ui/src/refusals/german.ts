// All that the server refuses, in German: fetched when something is refused, see index.ts.
import { automation } from "./german/automation";
import { codes } from "./german/codes";
import { conditions } from "./german/conditions";
import { customers } from "./german/customers";
import { libraries } from "./german/libraries";
import { settings } from "./german/settings";
import { transfer } from "./german/transfer";
import { wording } from "./wording";

export { codes, libraries };
/** By the sentence as it stands in the server's sources, with `{}` for what it names. */
export const sentences = { ...conditions, ...customers, ...automation, ...settings, ...transfer };
export const german = wording({ ...libraries, ...sentences }, codes);
