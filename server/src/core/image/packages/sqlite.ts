/** Bytes of one column of one row: text, a blob, or undefined for numbers and NULL. */
export type SqliteRow = readonly (Uint8Array | undefined)[];

/**
 * All rows of a table in row order; undefined when the bytes are no such database or are damaged. Read-only, no SQL, no write-ahead log:
 * sqlite.org/fileformat2.html. O(bytes); no page is read twice.
 */
export function readSqliteTable(
  bytes: Uint8Array,
  table: string,
): readonly SqliteRow[] | undefined {
  const database = openDatabase(bytes);
  if (database === undefined) return undefined;
  const root = readTree(database, 1)
    ?.map(toSchemaRow)
    .find((row) => row?.type === "table" && row.name === table)?.rootPage;
  return root === undefined ? undefined : readTree(database, root)?.map(({ blobs }) => blobs);
}

interface Database {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly pageBytes: number;
  /** Page length without the reserved space at its end. */
  readonly usableBytes: number;
}

interface Row {
  readonly blobs: SqliteRow;
  /** Whole numbers up to 32 bits, by column. */
  readonly numbers: readonly (number | undefined)[];
}

const magic = "SQLite format 3\0";
const decoder = new TextDecoder("utf-8");

function openDatabase(bytes: Uint8Array): Database | undefined {
  if (bytes.length < 512 || decoder.decode(bytes.subarray(0, 16)) !== magic) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stated = view.getUint16(16);
  const pageBytes = stated === 1 ? 65536 : stated;
  if (pageBytes < 512) return undefined;
  return { bytes, view, pageBytes, usableBytes: pageBytes - (bytes[20] ?? 0) };
}

function toSchemaRow({ blobs, numbers }: Row): {
  readonly type: string;
  readonly name: string;
  readonly rootPage: number | undefined;
} {
  const [type, name] = blobs;
  return {
    type: decoder.decode(type ?? new Uint8Array()),
    name: decoder.decode(name ?? new Uint8Array()),
    rootPage: numbers[3],
  };
}

const interiorTable = 0x05;
const leafTable = 0x0d;

function readTree(database: Database, root: number): readonly Row[] | undefined {
  const rows: Row[] = [];
  const pending = [root];
  const seen = new Set<number>();
  for (let number = pending.pop(); number !== undefined; number = pending.pop()) {
    const page = openPage(database, number, seen);
    if (page === undefined) return undefined;
    pending.push(...page.children);
    for (const cell of page.rowCells) {
      const payload = readPayload(database, cell, seen);
      const row = payload && readRecord(payload);
      if (row === undefined) return undefined;
      rows.push(row);
    }
  }
  return rows;
}

interface Page {
  /** Numbers of the pages below it, last one first. */
  readonly children: readonly number[];
  /** Where its rows start; empty where it has pages below it. */
  readonly rowCells: readonly number[];
}

/** A page of a table; undefined when it is none, or was seen before. */
function openPage(
  { view, bytes, pageBytes }: Database,
  number: number,
  seen: Set<number>,
): Page | undefined {
  const start = (number - 1) * pageBytes;
  if (number < 1 || start + pageBytes > bytes.length || seen.has(number)) return undefined;
  seen.add(number);
  const header = number === 1 ? 100 : start;
  const type = view.getUint8(header);
  const cellCount = view.getUint16(header + 3);
  const pointers = header + (type === interiorTable ? 12 : 8);
  if (pointers + cellCount * 2 > start + pageBytes) return undefined;
  const cells = Array.from(
    { length: cellCount },
    (_, cell) => start + view.getUint16(pointers + cell * 2),
  );
  if (type === leafTable) return { children: [], rowCells: cells };
  if (type !== interiorTable) return undefined;
  const below = cells.map((cell) => (cell + 4 <= bytes.length ? view.getUint32(cell) : 0));
  return { children: [view.getUint32(header + 8), ...below.reverse()], rowCells: [] };
}

/** A cell of a leaf: length of the payload, row id, payload, and where it is too long the first overflow page. */
function readPayload(
  { bytes, view, usableBytes, pageBytes }: Database,
  cell: number,
  seen: Set<number>,
): Uint8Array | undefined {
  const length = readVarint(bytes, cell);
  const rowId = readVarint(bytes, length.end);
  const wanted = length.value;
  if (wanted > bytes.length) return undefined;
  const here = localBytes(wanted, usableBytes);
  const isWhole = here === wanted;
  if (rowId.end + here + (isWhole ? 0 : 4) > bytes.length) return undefined;
  if (isWhole) return bytes.subarray(rowId.end, rowId.end + wanted);
  const payload = new Uint8Array(wanted);
  payload.set(bytes.subarray(rowId.end, rowId.end + here));
  let page = view.getUint32(rowId.end + here);
  for (let at = here; at < wanted; at += usableBytes - 4) {
    const start = (page - 1) * pageBytes;
    if (page < 1 || start + pageBytes > bytes.length || seen.has(page)) return undefined;
    seen.add(page);
    const part = Math.min(usableBytes - 4, wanted - at);
    payload.set(bytes.subarray(start + 4, start + 4 + part), at);
    page = view.getUint32(start);
  }
  return payload;
}

/** fileformat2.html § 1.6, table b-tree leaf cell. */
function localBytes(payloadBytes: number, usableBytes: number): number {
  if (payloadBytes <= usableBytes - 35) return payloadBytes;
  const least = Math.floor(((usableBytes - 12) * 32) / 255) - 23;
  const fitting = least + ((payloadBytes - least) % (usableBytes - 4));
  return fitting <= usableBytes - 35 ? fitting : least;
}

/** fileformat2.html § 2.1. */
function readRecord(payload: Uint8Array): Row | undefined {
  const header = readVarint(payload, 0);
  const blobs: (Uint8Array | undefined)[] = [];
  const numbers: (number | undefined)[] = [];
  let body = header.value;
  if (body > payload.length) return undefined;
  for (let at = header.end; at < header.value;) {
    const serial = readVarint(payload, at);
    at = serial.end;
    const length = columnBytes(serial.value);
    const column = payload.subarray(body, body + length);
    if (column.length < length) return undefined;
    body += length;
    blobs.push(serial.value >= 12 ? column : undefined);
    numbers.push(numberOf(serial.value, column));
  }
  return { blobs, numbers };
}

const integerBytes = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0];

function columnBytes(serial: number): number {
  return serial >= 12 ? Math.floor((serial - 12) / 2) : (integerBytes[serial] ?? 0);
}

function numberOf(serial: number, column: Uint8Array): number | undefined {
  if (serial === 8 || serial === 9) return serial - 8;
  if (serial < 1 || serial > 4) return undefined;
  return column.reduce((sum, byte) => sum * 256 + byte, 0);
}

/** Big-endian groups of seven bits, at most nine bytes. Beyond the end of the bytes it reads zeros. */
function readVarint(
  bytes: Uint8Array,
  start: number,
): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let at = start; at < start + 8; at += 1) {
    const byte = bytes[at] ?? 0;
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return { value, end: at + 1 };
  }
  return { value: value * 256 + (bytes[start + 8] ?? 0), end: start + 9 };
}
