// Where two values differ, character by character. Pure.

export type Piece = { text: string; differs: boolean };

/** Longer texts are compared as wholes: nobody reads a difference of single characters in them. */
const LENGTH_MAX = 300;

/** Values with less in common than this share of the longer one are simply others; single characters would say nothing. */
const COMMON_MIN = 0.5;

/** Both values in pieces; what both have in common, in the same order and whatever the case, does not differ. */
export function difference(one: string, other: string): [Piece[], Piece[]] {
  if (LENGTH_MAX < one.length || LENGTH_MAX < other.length) return asWholes(one, other);
  const left = [...one];
  const right = [...other];
  // The same end is taken first: of several ways to align the rest, that is the one that people see.
  const end = sameEnd(left, right);
  const common = sharedBy(left.slice(0, left.length - end).map(folded), right.slice(0, right.length - end).map(folded));
  const count = end + common.left.filter(Boolean).length;
  if (count < COMMON_MIN * Math.max(left.length, right.length)) return asWholes(one, other);
  const tail = new Array<boolean>(end).fill(true);
  return [pieces(left, [...common.left, ...tail]), pieces(right, [...common.right, ...tail])];
}

function asWholes(one: string, other: string): [Piece[], Piece[]] {
  const whole = (text: string): Piece[] => (text === "" ? [] : [{ text, differs: one !== other }]);
  return [whole(one), whole(other)];
}

/** How many characters at the end are the same. */
function sameEnd(left: string[], right: string[]): number {
  let end = 0;
  while (end < left.length && end < right.length && isSame(left.at(-1 - end), right.at(-1 - end))) end += 1;
  return end;
}

function isSame(one: string | undefined, other: string | undefined): boolean {
  return one?.toLowerCase() === other?.toLowerCase();
}

function folded(char: string): string {
  return char.toLowerCase();
}

/** Marks the characters of the longest common subsequence in both. */
function sharedBy(left: string[], right: string[]): { left: boolean[]; right: boolean[] } {
  const lengths = lengthsOf(left, right);
  const lengthAt = (row: number, column: number) => lengths[row]?.[column] ?? 0;
  const marks = { left: left.map(() => false), right: right.map(() => false) };
  let row = 0;
  let column = 0;
  while (row < left.length && column < right.length) {
    if (left[row] === right[column]) {
      marks.left[row] = true;
      marks.right[column] = true;
      row += 1;
      column += 1;
    } else if (lengthAt(row + 1, column) >= lengthAt(row, column + 1)) row += 1;
    else column += 1;
  }
  return marks;
}

/** How long the longest common subsequence is from each pair of places on. */
function lengthsOf(left: string[], right: string[]): number[][] {
  const lengths = Array.from({ length: left.length + 1 }, () => new Array<number>(right.length + 1).fill(0));
  const at = (row: number, column: number) => lengths[row]?.[column] ?? 0;
  for (let row = left.length - 1; row >= 0; row -= 1) {
    for (let column = right.length - 1; column >= 0; column -= 1) {
      const length =
        left[row] === right[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
      (lengths[row] as number[])[column] = length;
    }
  }
  return lengths;
}

function pieces(chars: string[], isCommon: boolean[]): Piece[] {
  const found: Piece[] = [];
  chars.forEach((char, place) => {
    const differs = !isCommon[place];
    const last = found.at(-1);
    if (last && last.differs === differs) last.text += char;
    else found.push({ text: char, differs });
  });
  return found;
}
