/** Fields of one paragraph by lower-case name; continuation lines are joined by line feeds, their indent taken off. */
export type Paragraph = ReadonlyMap<string, string>;

/** Paragraphs of a Debian control file, in order; lines that are neither field nor continuation are passed over. deb822(5). */
export function parseParagraphs(text: string): readonly Paragraph[] {
  const paragraphs: Map<string, string>[] = [];
  let fields = new Map<string, string>();
  let name: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === "") {
      if (fields.size > 0) paragraphs.push(fields);
      fields = new Map();
      name = undefined;
    } else if (line.startsWith(" ") || line.startsWith("\t")) {
      if (name !== undefined) fields.set(name, `${fields.get(name) ?? ""}\n${line.trim()}`);
    } else {
      name = fieldNameOf(line);
      if (name !== undefined) fields.set(name, line.slice(name.length + 1).trim());
    }
  }
  return fields.size > 0 ? [...paragraphs, fields] : paragraphs;
}

function fieldNameOf(line: string): string | undefined {
  const colon = line.indexOf(":");
  return colon <= 0 || line.startsWith("#") ? undefined : line.slice(0, colon).toLowerCase();
}
