// The outline of a page while its file or its first answer is still on the way.
import { Skeleton, Stack } from "@mantine/core";

export function Loading() {
  return (
    <Stack p="lg" gap="md" maw={1440} mx="auto" aria-busy>
      <Skeleton height={28} width={260} />
      <Skeleton height={14} width={420} />
      <Skeleton height={320} mt="sm" radius="md" />
    </Stack>
  );
}

/** The same for a card within a page. */
export function LoadingLines({ lines = 4 }: { lines?: number }) {
  return (
    <Stack gap="sm" p="md" aria-busy>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity
        <Skeleton key={line} height={14} width={`${88 - ((line * 17) % 40)}%`} />
      ))}
    </Stack>
  );
}
