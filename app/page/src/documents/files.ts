// Files that a person drops, pastes or picks, with their paths, folders included.

export type Named = [name: string, file: File];

/** Whether a file of a folder is one that programs write for themselves: a hidden one, Office's lock, an installed package. Of a file that was
 * chosen by itself nobody asks that. */
export const isOwn = (name: string) =>
  name.split("/").every((part) => !part.startsWith(".") && !part.startsWith("~$") && part !== "node_modules" && part !== "__pycache__" && part !== "Thumbs.db");

export const picked = (files: Iterable<File>): Named[] => Array.from(files, (file) => [file.webkitRelativePath || file.name, file]);

/** All files of what was dropped. Must be called while the event is handled: then the browser forgets its items. */
export async function dropped(transfer: DataTransfer): Promise<Named[]> {
  const items = [...transfer.items].filter(({ kind }) => kind === "file");
  const entries = items.map((item) => item.webkitGetAsEntry() ?? item.getAsFile());
  const found = await Promise.all(entries.map(async (entry): Promise<Named[]> => (entry === null ? [] : entry instanceof File ? [[entry.name, entry]] : filesOf(entry))));
  return found.flat();
}

async function filesOf(entry: FileSystemEntry): Promise<Named[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [[entry.fullPath.replace(/^\//, ""), file]];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: Named[] = [];
  // A reader gives a hundred entries at a time, and none at the end.
  for (;;) {
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (!entries.length) return found;
    for (const one of entries) found.push(...(await filesOf(one)));
  }
}
