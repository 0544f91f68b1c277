// Where a key stands in a TOML file, for messages: the parser gives values without places. A place that is not found is not guessed.

const HEADER = /^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$/;
const ASSIGNMENT = /^\s*([A-Za-z0-9_."'-]+(?:\s*\.\s*[A-Za-z0-9_"'-]+)*)\s*=/;

const parts = (dotted: string): string[] => dotted.split('.').map((part) => part.trim().replace(/^["']|["']$/g, ''));

const startsWith = (path: readonly string[], start: readonly string[]): boolean => start.every((part, i) => path[i] === part);

/**
 * The line (from 1) that sets `path` (table names, the index of an [[array]] of tables, key) or a part of it; the table's own line when the
 * key is not there; undefined when neither is. Keys inside of multi-line strings and inline tables are not looked for.
 */
export const lineOf = (text: string, path: readonly PropertyKey[]): number | undefined => {
  const wanted = path.map(String);
  const counts = new Map<string, number>();
  let table: string[] = [];
  let best: { line: number; length: number } | undefined;
  const offer = (place: readonly string[], line: number): void => {
    if (startsWith(wanted, place) && place.length > (best?.length ?? 0)) best = { line, length: place.length };
  };
  text.split('\n').forEach((row, index) => {
    const header = HEADER.exec(row);
    const [, key] = ASSIGNMENT.exec(row) ?? [];
    if (header !== null) {
      const [, bracket, name = ''] = header;
      const count = (counts.get(name) ?? -1) + 1;
      counts.set(name, count);
      table = bracket === '[[' ? [...parts(name), String(count)] : parts(name);
      offer(table, index + 1);
    } else if (key !== undefined) offer([...table, ...parts(key)], index + 1);
  });
  return best?.line;
};
