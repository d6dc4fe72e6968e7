// The map of the app: every address, what it keeps in its search, and the file that draws it, fetched only when it is visited.
import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent as lazily,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { ApiError } from "./api/problem";
import { Loading } from "./parts/loading";
import { RouteFailure } from "./parts/route-failure";
import * as searches from "./searches";
import { sessionQuery } from "./shell/session";
import { Shell } from "./shell/shell";

type Context = { queries: QueryClient };

const root = createRootRouteWithContext<Context>()({ component: Outlet, errorComponent: RouteFailure });

const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  validateSearch: searches.backSearch,
  component: lazily(() => import("./admin/sign-in"), "SignIn"),
});
const setUp = createRoute({
  getParentRoute: () => root,
  path: "/setup",
  validateSearch: searches.setUpSearch,
  component: lazily(() => import("./admin/set-up"), "SetUp"),
});

/** All pages below this one are for people who are signed in. */
const inside = createRoute({
  getParentRoute: () => root,
  id: "inside",
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queries.ensureQueryData(sessionQuery);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      const back = location.pathname === "/" ? undefined : location.pathname + location.searchStr;
      throw redirect({ to: "/login", search: { back } });
    }
  },
});

const dashboard = createRoute({
  getParentRoute: () => inside,
  path: "/",
  validateSearch: searches.dashboardSearch,
  component: lazily(() => import("./dashboard/page"), "DashboardPage"),
});

const tree = root.addChildren([login, setUp, inside.addChildren([dashboard])]);

export function createAppRouter(queries: QueryClient) {
  return createRouter({
    routeTree: tree,
    basepath: import.meta.env.BASE_URL,
    context: { queries },
    defaultPreload: "intent",
    defaultPendingComponent: Loading,
    defaultErrorComponent: RouteFailure,
    defaultNotFoundComponent: lazily(() => import("./parts/not-found"), "NotFound"),
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
