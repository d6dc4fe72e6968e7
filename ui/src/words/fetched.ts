// Files of the app that are fetched when they are needed.
let attempts = 0;

/**
 * A file, under another address where that fails: some browsers remember for as long as the page stands that a file could not be
 * fetched, and do not ask for it again.
 */
export async function fetched<File>(load: () => Promise<File>): Promise<File> {
  try {
    return await load();
  } catch (error) {
    const [, address] = /dynamically imported module: (\S+?)(?:\?|$)/.exec(String(error)) ?? [];
    if (address === undefined) throw error;
    attempts += 1;
    return import(/* @vite-ignore */ `${address}?again=${attempts}`);
  }
}
