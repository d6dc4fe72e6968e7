// Everything that surrounds the pages: theme, language, answers of the server kept for a while, and the router.
import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { IntlProvider } from "use-intl";
import { whenForbidden, whenSignedOut } from "./api/client";
import { ApiError } from "./api/problem";
import { later } from "./parts/later";
import { createAppRouter } from "./routes";
import { sessionQuery } from "./shell/session";
import { theme, variables } from "./theme";
import { type Locale, regionOf, rememberLocale, type Words } from "./words";
import { type Language, LanguageContext } from "./words/language";
import { speak } from "./words/slices";

// Nobody is told anything before the first page has been drawn.
const Notifications = later(() => import("./parts/notes"), "Notifications", null);

const STALE_AFTER_MS = 10_000;
const RETRIES_MAX = 2;

export function App(initial: { locale: Locale; words: Words }) {
  const [{ locale, words }, setLanguage] = useState(initial);
  const queries = useMemo(createQueries, []);
  const router = useMemo(() => createAppRouter(queries), [queries]);
  const language = useMemo<Language>(() => {
    const choose = async (wanted: Locale) => {
      rememberLocale(wanted);
      setLanguage({ locale: wanted, words: await speak(wanted) });
    };
    return { locale, choose };
  }, [locale]);

  useEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);
  useEffect(() => {
    whenSignedOut(() => {
      queries.clear();
      const { pathname, searchStr } = router.state.location;
      if (pathname !== "/login") router.navigate({ to: "/login", search: { back: pathname + searchStr } });
    });
  }, [queries, router]);

  useEffect(() => {
    whenForbidden(() => queries.invalidateQueries({ queryKey: sessionQuery.queryKey }));
  }, [queries]);

  return (
    <LanguageContext.Provider value={language}>
      <IntlProvider
        locale={regionOf(locale)}
        messages={words}
        timeZone={Intl.DateTimeFormat().resolvedOptions().timeZone}
      >
        <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
          <Notifications position="bottom-right" limit={4} />
          <QueryClientProvider client={queries}>
            <RouterProvider router={router} />
          </QueryClientProvider>
        </MantineProvider>
      </IntlProvider>
    </LanguageContext.Provider>
  );
}

function createQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: STALE_AFTER_MS,
        refetchOnWindowFocus: false,
        // A refusal stays a refusal; only a server that is away or overloaded is asked again.
        retry: (failures, error) => failures < RETRIES_MAX && (!(error instanceof ApiError) || mayPass(error.status)),
      },
    },
  });
}

function mayPass(status: number): boolean {
  return status === 0 || status === 503 || status === 429;
}
