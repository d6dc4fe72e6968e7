// The saved views that the reader has put into the menu, below the list they are of.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { viewsQuery } from "./queries";

export function Shortcuts() {
  const { data = [] } = useQuery(viewsQuery);
  return data
    .filter(({ isShortcut }) => isShortcut)
    .map(({ id, name }) => (
      <Link key={id} to="/customers" search={{ view: id }} className="nav-link below" title={name}>
        <span>{name}</span>
      </Link>
    ));
}
