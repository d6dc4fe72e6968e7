// Shown in place of a page that could not be drawn.
import { Box } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import { Failure } from "./failure";

export function RouteFailure({ error, reset }: { error: unknown; reset?: () => void }) {
  const router = useRouter();
  const retry = () => {
    reset?.();
    router.invalidate();
  };
  return (
    <Box p="lg" maw={720} component="main">
      <Failure error={error} retry={retry} />
    </Box>
  );
}
