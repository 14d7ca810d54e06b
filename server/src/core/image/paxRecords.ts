/** What a PAX header says beyond the fields of its entry. What is undefined is left to the entry. pax(1) § pax Extended Header. */
export interface PaxRecords {
  path: Uint8Array | undefined;
  /** The name of a sparse file, where `path` is a made-up one. */
  sparseName: Uint8Array | undefined;
  linkTarget: Uint8Array | undefined;
  /** Bytes of the body as stored. */
  storedBytes: number | undefined;
  uid: number | undefined;
  gid: number | undefined;
  /** The body is a GNU sparse map of one of the formats 0.0, 0.1 and 1.0. */
  isSparse: boolean;
  /** Size of a sparse file with its holes. */
  contentBytes: number | undefined;
}

/** Records that say nothing. */
export function noPaxRecords(): PaxRecords {
  return {
    path: undefined,
    sparseName: undefined,
    linkTarget: undefined,
    storedBytes: undefined,
    uid: undefined,
    gid: undefined,
    isSparse: false,
    contentBytes: undefined,
  };
}

const newline = 0x0a;
const equals = 0x3d;
const space = 0x20;

/** Adds what a PAX header says to the records; false when it is malformed. Extended attributes and times are passed over. */
export function addPaxRecords(records: PaxRecords, body: Uint8Array): boolean {
  for (let at = 0; at < body.length;) {
    const blank = body.indexOf(space, at);
    if (blank < 0 || blank - at > 10) return false;
    const length = decimalOf(body.subarray(at, blank));
    const end = at + (length ?? 0);
    if (length === undefined || end <= blank || end > body.length) return false;
    const assignment = body.indexOf(equals, blank);
    if (body[end - 1] !== newline || assignment < 0 || assignment >= end) return false;
    const key = String.fromCharCode(...body.subarray(blank + 1, Math.min(assignment, blank + 65)));
    if (!note(records, key, body.slice(assignment + 1, end - 1))) return false;
    at = end;
  }
  return true;
}

function note(records: PaxRecords, key: string, value: Uint8Array): boolean {
  if (value.length === 0) return true;
  switch (key) {
    case "path":
      records.path = value;
      return true;
    case "GNU.sparse.name":
      records.sparseName = value;
      return true;
    case "linkpath":
      records.linkTarget = value;
      return true;
    case "GNU.sparse.major":
    case "GNU.sparse.map":
    case "GNU.sparse.numblocks":
      records.isSparse = true;
      return true;
    default:
      return noteNumber(records, key, value);
  }
}

function noteNumber(records: PaxRecords, key: string, value: Uint8Array): boolean {
  const field = numberFields[key];
  if (field === undefined) return true;
  const number = decimalOf(value);
  if (number !== undefined) records[field] = number;
  return number !== undefined || field === "uid" || field === "gid";
}

const numberFields: Readonly<
  Record<string, "storedBytes" | "contentBytes" | "uid" | "gid" | undefined>
> = {
  size: "storedBytes",
  "GNU.sparse.size": "contentBytes",
  "GNU.sparse.realsize": "contentBytes",
  uid: "uid",
  gid: "gid",
};

function decimalOf(digits: Uint8Array): number | undefined {
  if (digits.length === 0 || digits.length > 16) return undefined;
  let value = 0;
  for (const byte of digits) {
    if (byte < 0x30 || byte > 0x39) return undefined;
    value = value * 10 + byte - 0x30;
  }
  return Number.isSafeInteger(value) ? value : undefined;
}
